// The rules of `helm lint` for rendered objects.
#include <algorithm>
#include <charconv>

#include "base/strings.hh"
#include "helm/deprecations.hh"
#include "helm/lint.hh"
#include "helm/typed_reader.hh"
#include "yaml/split.hh"

namespace taut::helm {
namespace {

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_label(std::string_view text) {
  return !text.empty() && lower_or_digit(text.front()) && lower_or_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return lower_or_digit(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) { return std::ranges::all_of(split(text, '.'), is_label); }

constexpr std::string_view kSubdomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kLabel =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
    "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kLabel1035 =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
    "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

void check_size(std::string_view name, size_t limit, std::vector<std::string>& out) {
  if (name.size() > limit) out.push_back(fmt::format("must be no more than {} characters", limit));
}

// What apimachinery has against a name of this kind, as helm picks the check.
std::vector<std::string> name_problems(std::string_view kind, std::string_view name) {
  std::vector<std::string> out;
  const std::string lower = to_lower(kind);
  if (lower == "certificatesigningrequest") return out;
  if (lower == "role" || lower == "clusterrole" || lower == "rolebinding" || lower == "clusterrolebinding") {
    if (name == "." || name == "..") return {fmt::format("may not be '{}'", name)};
    for (std::string_view part : {"/", "%"})
      if (contains(name, part)) out.push_back(fmt::format("may not contain '{}'", part));
  } else if (lower == "service") {
    check_size(name, 63, out);
    if (!is_label(name) || (name[0] >= '0' && name[0] <= '9')) out.emplace_back(kLabel1035);
  } else if (lower == "namespace") {
    check_size(name, 63, out);
    if (!is_label(name)) out.emplace_back(is_subdomain(name) ? "must not contain dots" : kLabel);
  } else {
    check_size(name, 253, out);
    if (!is_subdomain(name)) out.emplace_back(kSubdomain);
  }
  return out;
}

// What helm's linter reads of an object.
struct Head {
  std::string api_version, kind, name;
};

Result<Head> read_head(const Value& object) {
  TypedReader reader("k8sYamlStruct");
  Head out;
  if (reader.map(object, "rules.k8sYamlStruct")) {
    reader.text(object, "apiVersion", out.api_version);
    reader.text(object, "Kind", out.kind);  // the names of Go fields without tags
    const Value& metadata = object["metadata"];
    TypedReader::Inside inside(reader, "Metadata");
    std::string ns;
    if (reader.map(metadata, "rules.k8sYamlMetadata")) {
      reader.text(metadata, "Namespace", ns);
      reader.text(metadata, "Name", out.name);
    }
  }
  TAUT_TRY(reader.status());
  return out;
}

// Of a text's documents; false ends the reading.
template <class Check>
bool each_document(const std::string& file, std::string_view text, std::vector<LintMessage>& out, Check check) {
  auto unreadable = [&](const Error& error) {
    out.push_back({Severity::kError, file, "unable to parse YAML: " + error.message()});
    return false;
  };
  auto parts = split_kubernetes_documents(text);
  if (!parts) return unreadable(parts.error());
  for (const YamlPart& part : *parts) {
    auto object = read_yaml(part.text);
    if (!object) return unreadable(object.error());
    if (object->is_null()) continue;
    auto head = read_head(*object);
    if (!head) return unreadable(head.error());
    check(*head, *object);
  }
  return true;
}

void check_indent(const std::string& file, std::string_view text, std::vector<LintMessage>& out) {
  for (std::string_view line : split(text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trim(line).empty()) continue;
    if (line.starts_with(' ') || line.starts_with('\t'))
      out.push_back({Severity::kWarning, file,
                     fmt::format("document starts with an illegal indent: {}, which may cause parsing problems", quote(line))});
    return;
  }
}

void check_name(const std::string& file, const Head& head, std::vector<LintMessage>& out) {
  std::vector<std::string> problems;
  for (const std::string& problem : name_problems(head.kind, head.name))
    problems.push_back(fmt::format("metadata.name: Invalid value: {}: {}", quote(head.name), problem));
  if (problems.empty()) return;
  std::string all = problems.size() == 1 ? problems[0] : fmt::format("[{}]", join(problems, ", "));
  out.push_back({Severity::kWarning, file,
                 fmt::format("object name does not conform to Kubernetes naming requirements: {}: {}", quote(head.name), all)});
}

int number_of(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

bool needs_selector(std::string_view kind) {
  return kind == "Deployment" || kind == "ReplicaSet" || kind == "DaemonSet" || kind == "StatefulSet";
}

}  // namespace

bool lint_rendered(const std::string& file, std::string_view text, const KubeVersion& version, std::vector<LintMessage>& out) {
  check_indent(file, text, out);
  return each_document(file, text, out, [&](const Head& head, const Value& object) {
    check_name(file, head, out);
    std::string deprecation = deprecation_of(head.api_version, head.kind, number_of(version.major), number_of(version.minor));
    if (!deprecation.empty()) out.push_back({Severity::kWarning, file, deprecation});
    if (needs_selector(head.kind) && !contains(text, "matchLabels") && !contains(text, "matchExpressions"))
      out.push_back({Severity::kError, file,
                     fmt::format("a {} must contain matchLabels or matchExpressions, and {} does not", head.kind, quote(head.name))});
    bool kept = head.kind == "List" && std::ranges::any_of(object["items"].items(), [](const Value& item) {
                  return item["metadata"]["annotations"].find("helm.sh/resource-policy") != nullptr;
                });
    if (kept) out.push_back({Severity::kError, file, "annotation 'helm.sh/resource-policy' within List objects are ignored"});
  });
}

bool lint_crd(const std::string& file, std::string_view text, std::vector<LintMessage>& out) {
  return each_document(file, text, out, [&](const Head& head, const Value&) {
    if (!head.api_version.starts_with("apiextensions.k8s.io"))
      out.push_back({Severity::kError, file, "apiVersion is not in 'apiextensions.k8s.io'"});
    if (head.kind != "CustomResourceDefinition")
      out.push_back({Severity::kError, file, "object kind is not 'CustomResourceDefinition'"});
  });
}

}  // namespace taut::helm
