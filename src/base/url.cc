#include "base/url.hh"

#include <charconv>

#include "base/strings.hh"

namespace taut {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_scheme(std::string_view text) {
  if (text.empty() || !((text[0] | 32) >= 'a' && (text[0] | 32) <= 'z')) return false;
  for (char c : text) {
    bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
    if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

Status parse_host(std::string_view text, Url& out) {
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    size_t end = text.find(']');
    if (end == std::string_view::npos) return fail(Code::kInvalid, "missing ']' in host");
    out.host = to_lower(text.substr(1, end - 1));
    port = text.substr(end + 1);
  } else {
    size_t colon = text.rfind(':');
    out.host = to_lower(text.substr(0, colon));
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  if (out.host.empty()) return fail(Code::kInvalid, "no Host in request URL");
  if (out.host.find_first_of(" \t\r\n<>\"") != std::string::npos)
    return fail(Code::kInvalid, "invalid character in host name");
  if (port.size() <= 1) return {};
  auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), out.port);
  if (port[0] != ':' || error != std::errc() || end != port.data() + port.size())
    return fail(Code::kInvalid, "invalid port {} after host", quote(port));
  return {};
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  Url out;
  std::string_view scheme, rest;
  if (!cut(text, "://", scheme, rest) || !is_scheme(scheme))
    return fail(Code::kInvalid, "missing protocol scheme in URL");
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return fail(Code::kInvalid, "invalid control character in URL");
  out.scheme = to_lower(scheme);
  std::string_view before, after;
  if (cut(rest, "#", before, after)) {
    out.fragment = after;
    rest = before;
  }
  if (cut(rest, "?", before, after)) {
    out.query = after;
    rest = before;
  }
  size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) out.path = rest.substr(slash);
  if (size_t at = authority.rfind('@'); at != std::string_view::npos) {
    std::string_view user = authority.substr(0, at), password;
    cut(authority.substr(0, at), ":", user, password);
    out.user = user;
    out.password = password;
    authority.remove_prefix(at + 1);
  }
  TAUT_TRY(parse_host(authority, out));
  return out;
}

std::string Url::origin() const {
  std::string out = scheme + "://";
  bool v6 = host.find(':') != std::string::npos;
  out += v6 ? '[' + host + ']' : host;
  if (port != 0) out += ':' + std::to_string(port);
  return out;
}

std::string Url::to_string() const {
  std::string out = origin();
  if (!user.empty() || !password.empty()) {
    std::string credentials = user;
    if (!password.empty()) credentials += ':' + password;
    out.insert(scheme.size() + 3, credentials + '@');
  }
  out += path;
  if (!query.empty()) out += '?' + query;
  if (!fragment.empty()) out += '#' + fragment;
  return out;
}

std::string Url::redacted() const {
  if (password.empty()) return to_string();
  Url copy = *this;
  copy.password = "xxxxx";
  return copy.to_string();
}

uint16_t Url::port_or_default() const {
  if (port != 0) return port;
  if (scheme == "https" || scheme == "wss") return 443;
  if (scheme == "http" || scheme == "ws") return 80;
  if (scheme == "ssh") return 22;
  if (scheme == "socks5" || scheme == "socks5h") return 1080;
  return 0;
}

std::string url_encode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                 c == '.' || c == '_' || c == '~';
    if (plain) {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
  return out;
}

std::optional<std::string> url_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string redact_urls(std::string_view text) {
  std::string out;
  size_t at = 0;
  for (;;) {
    size_t found = text.find("://", at);
    if (found == std::string_view::npos) return out.append(text.substr(at));
    size_t start = found + 3;
    size_t end = text.find_first_of(" \t\r\n\"'/?#<>", start);
    std::string_view authority = text.substr(start, end == std::string_view::npos ? end : end - start);
    size_t mark = authority.rfind('@');
    out += text.substr(at, start - at);
    at = mark == std::string_view::npos ? start : start + mark + 1;
  }
}

}  // namespace taut
