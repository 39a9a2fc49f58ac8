// The rules of `helm lint` for Chart.yaml.
#include <algorithm>

#include "base/semver.hh"
#include "base/strings.hh"
#include "base/url.hh"
#include "helm/go_values.hh"
#include "helm/lint.hh"
#include "helm/typed_reader.hh"
#include "value/go_text.hh"
#include "yaml/reader.hh"

namespace taut::helm {
namespace {

constexpr std::string_view kFile = "Chart.yaml";
constexpr std::string_view kFields[] = {"name",       "home",        "sources",     "version",    "description",  "keywords",
                                        "maintainers", "icon",       "apiversion",  "condition",  "tags",         "appversion",
                                        "deprecated", "annotations", "kubeversion", "dependencies", "type"};
constexpr std::string_view kMaintainerFields[] = {"name", "email", "url"};
constexpr std::string_view kDependencyFields[] = {"name",    "version",       "repository", "condition", "tags",
                                                  "enabled", "import-values", "alias"};

// The first key that is no field, in the order in which Go's decoder meets them; its fields have no upper and lower case.
std::string unknown_field(const Value& object, std::span<const std::string_view> fields) {
  for (const Entry& entry : object.entries()) {
    if (std::ranges::find(fields, to_lower(entry.key())) == fields.end()) return std::string(entry.key());
    std::span<const std::string_view> inner;
    if (entry.key() == "maintainers") inner = kMaintainerFields;
    if (entry.key() == "dependencies") inner = kDependencyFields;
    if (inner.empty()) continue;
    for (const Value& item : entry.value.items())
      if (std::string name = unknown_field(item, inner); !name.empty()) return name;
  }
  return "";
}

// What UnmarshalStrict has against the text, or "".
std::string strict_problem(std::string_view text) {
  auto document = parse_yaml_document(text);
  if (!document) return "error converting YAML to JSON: " + document.error().message();
  std::string name = unknown_field(document->root, kFields);
  return name.empty() ? "" : fmt::format("error unmarshaling JSON: while decoding JSON: json: unknown field {}", quote(name));
}

bool letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

// As govalidator's expressions, as far as addresses of people and pages go.
bool is_host(std::string_view host) {
  if (host == "localhost") return true;
  auto labels = split(host, '.');
  return labels.size() > 1 && std::ranges::all_of(labels, [](std::string_view label) {
           return !label.empty() && letter_or_digit(label.front()) && letter_or_digit(label.back()) &&
                  std::ranges::all_of(label, [](char c) { return letter_or_digit(c) || c == '-' || c == '_'; });
         });
}

bool is_email(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return false;
  bool local = std::ranges::all_of(split(text.substr(0, at), '.'), [&](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [&](char c) { return letter_or_digit(c) || contains(kMarks, std::string_view(&c, 1)); });
  });
  std::string_view host = text.substr(at + 1);
  return local && host != "localhost" && is_host(host.ends_with('.') ? host.substr(0, host.size() - 1) : host);
}

bool is_url(std::string_view text) {
  if (text.size() >= 2083 || text.size() <= 3 || text.starts_with('.') || contains(text, " ")) return false;
  auto url = Url::parse(contains(text, "://") ? std::string(text) : "http://" + std::string(text));
  if (!url) return false;
  constexpr std::string_view kSchemes[] = {"ftp", "tcp", "udp", "ws", "wss", "http", "https"};
  return std::ranges::find(kSchemes, url->scheme) != std::end(kSchemes) && (is_host(url->host) || contains(url->host, ":"));
}

// url.ParseRequestURI, with a scheme: all that is "scheme:..." with a path or host behind.
bool is_request_url(std::string_view text) {
  size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::string_view scheme = text.substr(0, colon), rest = text.substr(colon + 1);
  bool letters = (scheme[0] | 32) >= 'a' && (scheme[0] | 32) <= 'z' && std::ranges::all_of(scheme, [](char c) {
                   return (letter_or_digit(c) && static_cast<unsigned char>(c) < 0x80) || c == '+' || c == '-' || c == '.';
                 });
  bool clean = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!letters || !clean) return false;
  if (!rest.starts_with("//")) return true;
  std::string_view host = rest.substr(2, rest.find_first_of("/?", 2) - 2);
  return !contains(host, " ");
}

class Rules {
 public:
  Rules(const Metadata& metadata, const Value& document, std::vector<LintMessage>& out) : m_(metadata), document_(document), out_(out) {}

  void run() {
    name();
    api_version();
    is_text("version");
    version();
    is_text("appVersion");
    maintainers();
    links();
    const std::string& api = m_.api_version;
    if (!m_.type.empty() && api != "v2") error("chart type is not valid in apiVersion '{}'. It is valid in apiVersion 'v2'", api);
    if (!m_.dependencies.empty() && api != "v2")
      error("dependencies are not valid in the Chart file with apiVersion '{}'. They are valid in apiVersion 'v2'", api);
    if (!Version::parse_strict(m_.version))
      out_.push_back({Severity::kWarning, std::string(kFile), fmt::format("version '{}' is not a valid SemVerV2", m_.version)});
  }

 private:
  template <class... Args>
  void error(fmt::format_string<Args...> format, Args&&... args) {
    out_.push_back({Severity::kError, std::string(kFile), fmt::format(format, std::forward<Args>(args)...)});
  }

  void name() {
    if (m_.name.empty()) return error("name is required");
    if (contains(m_.name, "/")) error("chart name {} is invalid", quote(m_.name));
  }

  void api_version() {
    if (m_.api_version.empty()) return error("apiVersion is required. The value must be either \"v1\" or \"v2\"");
    if (m_.api_version != "v1" && m_.api_version != "v2")
      error("apiVersion '{}' is not valid. The value must be either \"v1\" or \"v2\"", m_.api_version);
  }

  void is_text(std::string_view field) {
    const Value* value = document_.find(field);
    if (value == nullptr || value->is_string()) return;
    error("{} should be of type string but it's of type {}", field,
          go_type(with_float_numbers(*value)));
  }

  void version() {
    if (m_.version.empty()) return error("version is required");
    auto parsed = Version::parse(m_.version);
    if (!parsed) return error("version '{}' is not a valid SemVer", m_.version);
    if (compare(*parsed, *Version::parse("0.0.0-0")) <= 0) error("version {} is less than or equal to 0.0.0-0", parsed->to_string());
  }

  void maintainers() {
    for (const Maintainer& one : m_.maintainers) {
      if (one.name.empty()) return error("each maintainer requires a name");
      if (!one.email.empty() && !is_email(one.email)) return error("invalid email '{}' for maintainer '{}'", one.email, one.name);
      if (!one.url.empty() && !is_url(one.url)) return error("invalid url '{}' for maintainer '{}'", one.url, one.name);
    }
  }

  void links() {
    for (const std::string& source : m_.sources) {
      if (is_request_url(source)) continue;
      error("invalid source URL '{}'", source);
      break;
    }
    if (m_.icon.empty()) {
      out_.push_back({Severity::kInfo, std::string(kFile), "icon is recommended"});
    } else if (!is_request_url(m_.icon)) {
      error("invalid icon URL '{}'", m_.icon);
    }
  }

  const Metadata& m_;
  const Value& document_;
  std::vector<LintMessage>& out_;
};

}  // namespace

void lint_chart_file(const Tree& chart, std::vector<LintMessage>& out) {
  const std::string file(kFile);
  if (chart.list(kFile)) out.push_back({Severity::kError, file, "should be a file, not a directory"});
  auto text = chart.read(kFile);
  Metadata metadata;
  Status read = text ? read_metadata(**text, metadata) : Status(fail(text.error()));
  // Empty rows are refused where the chart is loaded.
  if (!read && !read.error().message().starts_with("validation: ")) {
    out.push_back({Severity::kError, file, "unable to parse YAML\n\t" + read.error().message()});
    return;
  }
  if (std::string problem = strict_problem(**text); !problem.empty())
    out.push_back({Severity::kWarning, file, "failed to strictly parse chart metadata file\n\t" + problem});
  auto document = read_yaml(**text);
  Rules(metadata, document ? *document : Value(), out).run();
}

}  // namespace taut::helm
