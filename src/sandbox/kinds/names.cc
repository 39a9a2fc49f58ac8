#include "sandbox/kinds/names.hh"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/kinds/shapes.hh"
#include "sandbox/kinds/strategy.hh"

namespace taut::sandbox::kinds {
namespace {

bool lower(char c) { return c >= 'a' && c <= 'z'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return lower(c) || (c >= 'A' && c <= 'Z'); }
bool alphanumeric(char c) { return letter(c) || digit(c); }

// [a-z0-9]([-a-z0-9]*[a-z0-9])?
bool is_label(std::string_view text) {
  if (text.empty() || text.front() == '-' || text.back() == '-') return false;
  return std::ranges::all_of(text, [](char c) { return lower(c) || digit(c) || c == '-'; });
}

bool is_subdomain(std::string_view text) {
  while (true) {
    size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// ([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]
bool is_qualified_part(std::string_view text) {
  if (text.empty() || !alphanumeric(text.front()) || !alphanumeric(text.back())) return false;
  return std::ranges::all_of(text, [](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

std::string too_long(size_t limit) { return fmt::format("must be no more than {} characters", limit); }

constexpr std::string_view kSubdomain =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kUnderscored =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kLabel =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
    "character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kLabel1035 =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an "
    "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
constexpr std::string_view kQualified =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
    "'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kLabelValue =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr std::string_view kConfigKey =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', "
    "regex used for validation is '[-._a-zA-Z0-9]+')";
constexpr std::string_view kEnvName =
    "a valid environment variable name must consist only of printable ASCII characters other than '='";

}  // namespace

Reasons dns_subdomain(std::string_view text) {
  Reasons out;
  if (text.size() > 253) out.push_back(too_long(253));
  if (!is_subdomain(text)) out.emplace_back(kSubdomain);
  return out;
}

Reasons wildcard_subdomain(std::string_view text) {
  Reasons out;
  if (text.size() > 253) out.push_back(too_long(253));
  if (!text.starts_with("*.") || !is_subdomain(text.substr(2))) {
    out.emplace_back(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric "
        "characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is "
        "'\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
  }
  return out;
}

Reasons dns_subdomain_with_underscore(std::string_view text) {
  Reasons out;
  if (text.size() > 253) out.push_back(too_long(253));
  std::string plain(text);
  // One in front of a part is let through, others stand inside as dashes do.
  for (size_t i = 0; i < plain.size(); ++i) {
    if (plain[i] != '_') continue;
    const bool front = (i == 0 || plain[i - 1] == '.') && i + 1 < plain.size() && plain[i + 1] != '.';
    plain[i] = front ? 'a' : '-';
  }
  if (!is_subdomain(plain)) out.emplace_back(kUnderscored);
  return out;
}

Reasons dns_label(std::string_view text) {
  Reasons out;
  if (text.size() > 63) out.push_back(too_long(63));
  if (is_label(text)) return out;
  // A name that only has dots too many is told so.
  out.emplace_back(is_subdomain(text) ? "must not contain dots" : kLabel);
  return out;
}

Reasons dns_label_1035(std::string_view text) {
  Reasons out;
  if (text.size() > 63) out.push_back(too_long(63));
  if (!is_label(text) || !lower(text.front())) out.emplace_back(kLabel1035);
  return out;
}

Reasons path_segment(std::string_view text) {
  Reasons out;
  if (text == "." || text == "..") return {fmt::format("may not be '{}'", text)};
  for (char c : {'/', '%'}) {
    if (text.find(c) != text.npos) out.push_back(fmt::format("may not contain '{}'", c));
  }
  return out;
}

Reasons qualified_name(std::string_view text) {
  Reasons out;
  size_t slash = text.find('/');
  std::string_view name = text;
  if (slash != text.npos) {
    if (text.find('/', slash + 1) != text.npos) {
      return {"a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
              "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
              "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"};
    }
    std::string_view prefix = text.substr(0, slash);
    name = text.substr(slash + 1);
    if (prefix.empty()) {
      out.emplace_back("prefix part must be non-empty");
    } else {
      for (const std::string& reason : dns_subdomain(prefix)) out.push_back("prefix part " + reason);
    }
  }
  if (name.empty()) {
    out.emplace_back("name part must be non-empty");
  } else if (name.size() > 63) {
    out.push_back(fmt::format("name part must be no more than {} bytes", 63));
  }
  if (!is_qualified_part(name)) out.emplace_back(kQualified);
  return out;
}

Reasons label_value(std::string_view text) {
  Reasons out;
  if (text.size() > 63) out.push_back(fmt::format("must be no more than {} bytes", 63));
  if (!text.empty() && !is_qualified_part(text)) out.emplace_back(kLabelValue);
  return out;
}

Reasons config_key(std::string_view text) {
  Reasons out;
  if (text.size() > 253) out.push_back(too_long(253));
  auto fits = [](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; };
  if (text.empty() || !std::ranges::all_of(text, fits)) {
    out.emplace_back(kConfigKey);
  } else if (text == "." || text == "..") {
    out.push_back(fmt::format("must not be '{}'", text));
  } else if (text.starts_with("..")) {
    out.emplace_back("must not start with '..'");
  }
  return out;
}

Reasons env_name(std::string_view text) {
  auto fits = [](char c) { return c >= ' ' && c <= '~' && c != '='; };
  if (text.empty() || !std::ranges::all_of(text, fits)) return {std::string(kEnvName)};
  return {};
}

Reasons port_name(std::string_view text) {
  Reasons out;
  if (text.size() > 15) out.push_back(too_long(15));
  if (!std::ranges::all_of(text, [](char c) { return lower(c) || digit(c) || c == '-'; })) {
    out.emplace_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (!std::ranges::any_of(text, lower)) out.emplace_back("must contain at least one letter (a-z)");
  if (text.find("--") != text.npos) out.emplace_back("must not contain consecutive hyphens");
  if (!text.empty() && (text.front() == '-' || text.back() == '-')) out.emplace_back("must not begin or end with a hyphen");
  return out;
}

std::vector<std::string> name_errors(const Gvk& gvk, std::string_view name, bool prefix) {
  std::string text(name);
  // A generateName is judged as if its dash were followed by what will be generated.
  if (prefix && text.size() > 1 && text.ends_with('-')) text.replace(text.size() - 2, 2, "a");
  const Shape* shape = shape_of(gvk);
  std::string_view type = shape ? std::string_view(shape->name) : std::string_view();
  if (type.starts_with("rbac/")) return path_segment(text);
  for (const char* label : {"core/v1.Namespace", "core/v1.Service", "apps/v1.StatefulSet"}) {
    if (type == label) return dns_label(text);
  }
  return dns_subdomain(text);
}

}  // namespace taut::sandbox::kinds
