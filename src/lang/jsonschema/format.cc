// The values of `format`: what is checked, and the words for what is wrong.
#include <re2/re2.h>

#include <array>

#include <arpa/inet.h>

#include "base/go_regexp.hh"
#include "base/semver.hh"
#include "base/strings.hh"
#include "base/time.hh"
#include "base/url.hh"
#include "lang/jsonschema/node.hh"

namespace taut::jsonschema {

namespace {

using Wrong = std::optional<std::string>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string invalid_character(char c) { return fmt::format("invalid character '{}'", c); }

Wrong json_pointer(std::string_view text) {
  if (text.empty()) return {};
  if (text[0] != '/') return "not starting with /";
  for (size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    if (at + 1 >= text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return "~ must be followed by 0 or 1";
  }
  return {};
}

Wrong relative_json_pointer(std::string_view text) {
  size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0) return "must start with non-negative integer";
  if (digits > 1 && text[0] == '0') return "starts with zero";
  text.remove_prefix(digits);
  return text == "#" ? Wrong() : json_pointer(text);
}

Wrong uuid(std::string_view text) {
  constexpr std::array<size_t, 5> kLengths = {8, 4, 4, 4, 12};
  auto groups = split(text, '-');
  if (groups.size() != kLengths.size()) return "must have 5 elements";
  for (size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].size() != kLengths[i]) {
      return fmt::format("element {} must be {} characters long", i + 1, kLengths[i]);
    }
    for (char c : groups[i]) {
      if (!is_hex(c)) return fmt::format("non-hex character '{}'", c);
    }
  }
  return {};
}

Wrong duration(std::string_view text) {
  static const RE2 kForm(R"(P(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?))");
  if (!text.starts_with('P')) return "must start with P";
  if (text.size() == 1) return "nothing after P";
  if (text.ends_with('T')) return "no time elements";
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kForm)) return "invalid unit";
  return {};
}

Wrong ipv4(std::string_view text) {
  auto groups = split(text, '.');
  if (groups.size() != 4) return "expected four decimals";
  for (std::string_view group : groups) {
    if (group.size() > 1 && group[0] == '0') return "leading zeros";
    if (group.empty() || group.size() > 9 || !std::all_of(group.begin(), group.end(), is_digit)) {
      return fmt::format("strconv.Atoi: parsing {}: invalid syntax", quote(group));
    }
    if (std::stoi(std::string(group)) > 255) return "decimal must be between 0 and 255";
  }
  return {};
}

Wrong ipv6(std::string_view text) {
  if (!contains(text, ":")) return "missing colon";
  in6_addr address;
  if (inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1) return {};
  return fmt::format("ParseAddr({}): unable to parse IP", quote(text));
}

Wrong hostname(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.size() > 253) return "more than 253 characters long";
  for (std::string_view label : split(text, '.')) {
    if (label.empty() || label.size() > 63) return "label must be 1 to 63 characters long";
    if (label.starts_with('-')) return "label starts with hyphen";
    if (label.ends_with('-')) return "label ends with hyphen";
    for (char c : label) {
      if (!is_letter(c) && !is_digit(c) && c != '-') return invalid_character(c);
    }
  }
  return {};
}

Wrong local_part(std::string_view text) {
  if (text.size() > 64) return "local part more than 64 characters long";
  if (text.size() > 1 && text.starts_with('"')) {
    text = text.substr(1, text.size() - 2);
    if (text.find_first_of("\\\"") == std::string_view::npos) return {};
    return "backslash and quote are not allowed within quoted local part";
  }
  if (text.starts_with('.')) return "starts with dot";
  if (text.ends_with('.')) return "ends with dot";
  if (contains(text, "..")) return "consecutive dots";
  for (char c : text) {
    constexpr std::string_view kOthers = ".!#$%&'*+-/=?^_`{|}~";
    if (!is_letter(c) && !is_digit(c) && kOthers.find(c) == std::string_view::npos) return invalid_character(c);
  }
  return {};
}

Wrong email(std::string_view text) {
  if (text.size() > 254) return "more than 255 characters long";
  size_t at = text.rfind('@');
  if (at == std::string_view::npos) return "missing @";
  if (auto wrong = local_part(text.substr(0, at))) return wrong;
  std::string_view domain = text.substr(at + 1);
  if (domain.starts_with('[') && domain.ends_with(']')) {
    domain = domain.substr(1, domain.size() - 2);
    const bool six = domain.starts_with("IPv6:");
    auto wrong = six ? ipv6(domain.substr(5)) : ipv4(domain);
    return wrong ? fmt::format("invalid {} address: {}", six ? "ipv6" : "ipv4", *wrong) : Wrong();
  }
  auto wrong = hostname(domain);
  return wrong ? "invalid domain: " + *wrong : wrong;
}

Wrong date(std::string_view text) {
  if (text.size() == 10 && parse_rfc3339(std::string(text) + "T00:00:00Z")) return {};
  return fmt::format("parsing time {0} as \"2006-01-02\": cannot parse {0} as \"2006\"", quote(text));
}

Wrong time(std::string_view text) {
  if (text.size() < 9) return "less than 9 characters long";
  if (text[2] != ':' || text[5] != ':') return "missing colon in correct place";
  std::string whole = "2006-01-02T" + std::string(text);
  // Leap seconds are allowed.
  if (whole.substr(17, 2) == "60") whole.replace(17, 2, "59");
  return parse_rfc3339(whole) ? Wrong() : "hour/min/sec out of range";
}

Wrong date_time(std::string_view text) {
  if (text.size() < 20) return "less than 20 characters long";
  if (text[10] != 't' && text[10] != 'T') return "11th character must be t or T";
  if (auto wrong = date(text.substr(0, 10))) return "invalid date element: " + *wrong;
  if (auto wrong = time(text.substr(11))) return "invalid time element: " + *wrong;
  return {};
}

// What Go's net/url refuses.
Wrong url_reference(std::string_view text) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return fmt::format("parse {}: net/url: invalid control character in URL", quote(text));
    }
  }
  if (contains(text, "\\")) return R"(contains \)";
  if (text.starts_with(':')) return fmt::format("parse {}: missing protocol scheme", quote(text));
  if (!url_decode(text)) return fmt::format("parse {}: invalid URL escape", quote(text));
  return {};
}

Wrong url(std::string_view text) {
  if (auto wrong = url_reference(text)) return wrong;
  size_t colon = text.find_first_of(":/?#");
  if (colon == std::string_view::npos || text[colon] != ':') return "relative url";
  return {};
}

Wrong url_template(std::string_view text) {
  bool open = false;
  for (char c : text) {
    if (c == '{' && std::exchange(open, true)) return "nested curly braces";
    if (c == '}' && !std::exchange(open, false)) return "no matching closing brace";
  }
  return open ? Wrong("no matching closing brace") : Wrong();
}

Wrong semver(std::string_view text) {
  return Version::parse_strict(text) ? Wrong() : "versionCore must have 3 numbers separated by dot";
}

Wrong regex(std::string_view text) {
  auto compiled = compile_go_regexp(text);
  return compiled ? Wrong() : Wrong(compiled.error().message());
}

constexpr Format kFormats[] = {
    {"date", date},
    {"date-time", date_time},
    {"duration", duration},
    {"email", email},
    {"hostname", hostname},
    {"ipv4", ipv4},
    {"ipv6", ipv6},
    {"iri", url},
    {"iri-reference", url_reference},
    {"json-pointer", json_pointer},
    {"regex", regex},
    {"relative-json-pointer", relative_json_pointer},
    {"semver", semver},
    {"time", time},
    {"uri", url},
    {"uri-reference", url_reference},
    {"uri-template", url_template},
    {"uuid", uuid},
};

}  // namespace

const Format* find_format(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace taut::jsonschema
