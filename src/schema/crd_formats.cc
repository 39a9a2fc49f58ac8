// The string formats of CRD schemas (apiextensions-apiserver's pkg/apiserver/validation/formats.go), each with its
// check as kube-openapi's strfmt makes it.
#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>

#include "base/base64.hh"
#include "base/strings.hh"
#include "base/time.hh"
#include "schema/crd_state.hh"

namespace taut::schema {
namespace {

bool matches(std::string_view text, const re2::RE2& pattern) {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

#define TAUT_FORMAT(name, pattern)                   \
  bool name(std::string_view text) {                 \
    static const re2::RE2 compiled(pattern);         \
    return matches(text, compiled);                  \
  }
TAUT_FORMAT(is_uuid, "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$")
TAUT_FORMAT(is_uuid3, "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$")
TAUT_FORMAT(is_uuid4, "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$")
TAUT_FORMAT(is_uuid5, "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$")
TAUT_FORMAT(is_ssn, R"(^\d{3}[- ]?\d{2}[- ]?\d{4}$)")
TAUT_FORMAT(is_hex_color, "^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")
TAUT_FORMAT(is_rgb_color,
            R"(^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$)")
TAUT_FORMAT(is_bson_id, "^[0-9a-fA-F]{24}$")
TAUT_FORMAT(is_mac, "^(?i)([0-9a-f]{2}([:-][0-9a-f]{2}){5}|[0-9a-f]{2}([:-][0-9a-f]{2}){7}|[0-9a-f]{4}(\\.[0-9a-f]{4}){2,3})$")
TAUT_FORMAT(is_short_name, "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
TAUT_FORMAT(is_uri, "^([a-zA-Z][a-zA-Z0-9+.-]*:[^\\s]+|/[^\\s]*)$")
TAUT_FORMAT(is_address, R"(^[^\s@<>,;:"\\]+@[^\s@<>,;:"\\]+$)")
TAUT_FORMAT(is_scala_duration,
            R"(^\s*-?[0-9]+(\.[0-9]+)?\s*(nanoseconds?|nanos?|ns|microseconds?|micros?|µs|us|milliseconds?|millis?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w)$)")
TAUT_FORMAT(is_hostname_text,
            R"(^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$)")
TAUT_FORMAT(is_date_text, R"(^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$)")
TAUT_FORMAT(is_card_text,
            R"(^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$)")
#undef TAUT_FORMAT

bool is_hostname(std::string_view text) {
  if (text.size() > 255 || !is_hostname_text(text)) return false;
  auto labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), [](std::string_view l) { return l.size() <= 63; });
}

bool is_long_name(std::string_view text) {
  static const re2::RE2 pattern(R"(^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$)");
  return text.size() <= 253 && matches(text, pattern);
}

bool is_ip(std::string_view text, int family) {
  unsigned char buffer[16];
  return inet_pton(family, std::string(text).c_str(), buffer) == 1;
}
bool is_ipv4(std::string_view text) { return is_ip(text, AF_INET); }
bool is_ipv6(std::string_view text) { return is_ip(text, AF_INET6); }

bool is_cidr(std::string_view text) {
  std::string_view address, bits;
  if (!cut(text, "/", address, bits) || bits.empty() || bits.size() > 3) return false;
  if (!std::all_of(bits.begin(), bits.end(), [](char c) { return c >= '0' && c <= '9'; })) return false;
  int length = std::stoi(std::string(bits));
  return (is_ipv4(address) && length <= 32) || (is_ipv6(address) && length <= 128);
}

bool is_date(std::string_view text) {
  return is_date_text(text) && parse_rfc3339(std::string(text) + "T00:00:00Z").has_value();
}

bool is_date_time(std::string_view text) { return parse_rfc3339(text).has_value(); }

bool is_duration(std::string_view text) { return parse_go_duration(text).has_value() || is_scala_duration(text); }

bool is_base64(std::string_view text) { return base64_decode(text).has_value(); }

std::string digits_of(std::string_view text) {
  std::string out;
  for (char c : text)
    if ((c >= '0' && c <= '9') || c == 'X' || c == 'x') out += c;
  return out;
}

bool is_isbn10(std::string_view text) {
  std::string digits = digits_of(text);
  if (digits.size() != 10) return false;
  int sum = 0;
  for (int i = 0; i < 10; ++i) {
    bool ten = digits[i] == 'X' || digits[i] == 'x';
    if (ten && i != 9) return false;
    sum += (ten ? 10 : digits[i] - '0') * (i + 1);
  }
  return sum % 11 == 0;
}

bool is_isbn13(std::string_view text) {
  std::string digits = digits_of(text);
  if (digits.size() != 13 || digits.find_first_of("Xx") != std::string::npos) return false;
  int sum = 0;
  for (int i = 0; i < 13; ++i) sum += (digits[i] - '0') * (i % 2 ? 3 : 1);
  return sum % 10 == 0;
}

bool is_isbn(std::string_view text) { return is_isbn10(text) || is_isbn13(text); }

// Luhn's check over the digits.
bool is_credit_card(std::string_view text) {
  std::string digits = digits_of(text);
  if (!is_card_text(digits)) return false;
  int sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

bool anything(std::string_view) { return true; }

struct Format {
  std::string_view name;  // without dashes
  bool (*check)(std::string_view text);
};
const Format kFormats[] = {
    {"bsonobjectid", is_bson_id}, {"uri", is_uri},           {"email", is_address},
    {"hostname", is_hostname},    {"ipv4", is_ipv4},         {"ipv6", is_ipv6},
    {"cidr", is_cidr},            {"mac", is_mac},           {"uuid", is_uuid},
    {"uuid3", is_uuid3},          {"uuid4", is_uuid4},       {"uuid5", is_uuid5},
    {"isbn", is_isbn},            {"isbn10", is_isbn10},     {"isbn13", is_isbn13},
    {"creditcard", is_credit_card}, {"ssn", is_ssn},         {"hexcolor", is_hex_color},
    {"rgbcolor", is_rgb_color},   {"byte", is_base64},       {"password", anything},
    {"date", is_date},            {"duration", is_duration}, {"datetime", is_date_time},
    {"k8sshortname", is_short_name}, {"k8slongname", is_long_name},
};

const Format* find_format(std::string_view name) {
  std::string plain = replace_all(name, "-", "");
  for (const Format& format : kFormats)
    if (format.name == plain) return &format;
  return nullptr;
}

}  // namespace

bool is_known_format(std::string_view format) { return find_format(format) != nullptr; }

bool has_format(std::string_view text, std::string_view format) {
  const Format* known = find_format(format);
  return !known || known->check(text);
}

}  // namespace taut::schema
