#include "lang/gotmpl/funcs/go_url.hh"

#include <algorithm>

#include "base/strings.hh"

namespace taut::gotmpl {

namespace {

// The parts of a URL, which let different characters stand as they are.
enum class Part { kPath, kUserinfo, kHost, kZone, kFragment };

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_hex(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'f'); }
int hex_value(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

bool one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool must_escape(char c, Part part) {
  if (is_alphanumeric(c) || one_of(c, "-_.~")) return false;
  switch (part) {
    case Part::kPath: return !one_of(c, "$&+,/:;=@");
    case Part::kUserinfo: return !one_of(c, "$&+,;=");
    case Part::kHost:
    case Part::kZone: return !one_of(c, "!$&'()*+,;=:[]<>\"");
    case Part::kFragment: return !one_of(c, "$&+,/:;=?@!()*");
  }
  return true;
}

std::string escape(std::string_view text, Part part) {
  std::string out;
  for (char c : text) {
    if (must_escape(c, part)) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else out += c;
  }
  return out;
}

// Whether an escape that is well formed may stand there.
bool escape_fits(std::string_view escape, Part part) {
  if (part == Part::kHost) return hex_value(escape[1]) >= 8 || escape == "%25";
  if (part != Part::kZone) return true;
  char byte = static_cast<char>(hex_value(escape[1]) << 4 | hex_value(escape[2]));
  return escape == "%25" || byte == ' ' || !must_escape(byte, Part::kHost);
}

Result<std::string> unescape(std::string_view text, Part part) {
  bool host = part == Part::kHost || part == Part::kZone;
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (host && static_cast<unsigned char>(text[i]) < 0x80 && must_escape(text[i], part))
        return fail(Code::kInvalid, "invalid character {} in host name", quote(text.substr(i, 1)));
      out += text[i];
      continue;
    }
    std::string_view code = text.substr(i, 3);
    if (code.size() < 3 || !is_hex(code[1]) || !is_hex(code[2]) || !escape_fits(code, part))
      return fail(Code::kInvalid, "invalid URL escape {}", quote(code));
    out += static_cast<char>(hex_value(code[1]) << 4 | hex_value(code[2]));
    i += 2;
  }
  return out;
}

bool valid_encoded(std::string_view text, Part part) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return one_of(c, "!$&'()*+,;=:@[]%") || !must_escape(c, part); });
}

// The text as it was written if that stands for the decoded one, else that escaped.
std::string escaped(std::string_view raw, std::string_view decoded, Part part) {
  if (!raw.empty() && valid_encoded(raw, part)) {
    auto back = unescape(raw, part);
    if (back && *back == decoded) return std::string(raw);
  }
  if (part == Part::kPath && decoded == "*") return "*";
  return escape(decoded, part);
}

bool valid_port(std::string_view port) {
  if (port.empty()) return true;
  return port[0] == ':' &&
         std::all_of(port.begin() + 1, port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Failure bad_port(std::string_view port) { return fail(Code::kInvalid, "invalid port {} after host", quote(port)); }

Result<std::string> parse_bracketed_host(std::string_view host) {
  size_t close = host.rfind(']');
  if (close == std::string_view::npos) return fail(Code::kInvalid, "missing ']' in host");
  std::string_view port = host.substr(close + 1);
  if (!valid_port(port)) return bad_port(port);
  std::string_view address = host.substr(0, close);
  size_t zone = address.find("%25");
  TAUT_ASSIGN(std::string out, unescape(address.substr(0, zone), Part::kHost));
  if (zone != std::string_view::npos) {
    TAUT_ASSIGN(std::string decoded, unescape(address.substr(zone), Part::kZone));
    out += decoded;
  }
  return out + "]" + std::string(port);
}

Result<std::string> parse_host(std::string_view scheme, std::string_view host) {
  size_t bracket = host.rfind('[');
  if (bracket == 0) return parse_bracketed_host(host);
  if (bracket != std::string_view::npos) return fail(Code::kInvalid, "invalid IP-literal");
  // Colons before the last are let pass but in the schemes of the web.
  bool strict = scheme == "http" || scheme == "https";
  if (size_t colon = strict ? host.find(':') : host.rfind(':'); colon != std::string_view::npos) {
    if (!valid_port(host.substr(colon))) return bad_port(host.substr(colon));
  }
  return unescape(host, Part::kHost);
}

Result<GoUserinfo> parse_userinfo(std::string_view text) {
  bool valid = std::all_of(text.begin(), text.end(),
                           [](char c) { return is_alphanumeric(c) || one_of(c, "-._:~!$&'()*+,;=%@"); });
  if (!valid) return fail(Code::kInvalid, "net/url: invalid userinfo");
  std::string_view name, password;
  bool has_password = cut(text, ":", name, password);
  GoUserinfo out;
  TAUT_ASSIGN(out.name, unescape(name, Part::kUserinfo));
  if (has_password) {
    TAUT_ASSIGN(out.password, unescape(password, Part::kUserinfo));
  }
  return out;
}

Status parse_authority(std::string_view authority, GoUrl& out) {
  size_t at = authority.rfind('@');
  std::string_view host = at == std::string_view::npos ? authority : authority.substr(at + 1);
  TAUT_ASSIGN(out.host, parse_host(out.scheme, host));
  if (at == std::string_view::npos) return {};
  TAUT_ASSIGN(out.user, parse_userinfo(authority.substr(0, at)));
  return {};
}

// Takes "http:" off; nothing when there is none.
Result<std::string> take_scheme(std::string_view& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter || (i > 0 && (is_alphanumeric(c) || one_of(c, "+-.")))) continue;
    if (c != ':') break;
    if (i == 0) return fail(Code::kInvalid, "missing protocol scheme");
    std::string scheme = to_lower(text.substr(0, i));
    text.remove_prefix(i + 1);
    return scheme;
  }
  return "";
}

void take_query(std::string_view& text, GoUrl& out) {
  if (text.ends_with('?') && std::count(text.begin(), text.end(), '?') == 1) {
    out.force_query = true;
    text.remove_suffix(1);
    return;
  }
  std::string_view before, query;
  cut(text, "?", before, query);
  out.query = query;
  text = before;
}

Status parse_path(std::string_view text, GoUrl& out) {
  TAUT_ASSIGN(out.path, unescape(text, Part::kPath));
  if (escape(out.path, Part::kPath) != text) out.raw_path = text;
  return {};
}

// All but the fragment.
Status parse_rest(std::string_view text, GoUrl& out) {
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return fail(Code::kInvalid, "net/url: invalid control character in URL");
  if (text == "*") {
    out.path = "*";
    return {};
  }
  TAUT_ASSIGN(out.scheme, take_scheme(text));
  take_query(text, out);
  if (!text.starts_with('/')) {
    if (!out.scheme.empty()) {
      out.opaque = text;
      return {};
    }
    if (contains(text.substr(0, text.find('/')), ":"))
      return fail(Code::kInvalid, "first path segment in URL cannot contain colon");
  }
  if (text.starts_with("//") && (!out.scheme.empty() || !text.starts_with("///"))) {
    text.remove_prefix(2);
    size_t slash = std::min(text.find('/'), text.size());
    TAUT_TRY(parse_authority(text.substr(0, slash), out));
    text.remove_prefix(slash);
  } else if (!out.scheme.empty() && text.starts_with('/')) {
    out.omit_host = true;
  }
  return parse_path(text, out);
}

}  // namespace

std::string GoUserinfo::to_string() const {
  std::string out = escape(name, Part::kUserinfo);
  return password ? out + ":" + escape(*password, Part::kUserinfo) : out;
}

Result<GoUrl> GoUrl::parse(std::string_view text) {
  std::string_view before, fragment;
  cut(text, "#", before, fragment);
  GoUrl out;
  if (Status parsed = parse_rest(before, out); !parsed)
    return fail(Code::kInvalid, "parse {}: {}", quote(before), parsed.error().message());
  auto decoded = unescape(fragment, Part::kFragment);
  if (!decoded) return fail(Code::kInvalid, "parse {}: {}", quote(text), decoded.error().message());
  out.fragment = std::move(*decoded);
  if (escape(out.fragment, Part::kFragment) != fragment) out.raw_fragment = fragment;
  return out;
}

std::string GoUrl::to_string() const {
  std::string out;
  if (!scheme.empty()) out += scheme + ":";
  if (!opaque.empty()) {
    out += opaque;
  } else {
    bool has_authority = !host.empty() || user;
    if ((!scheme.empty() || has_authority) && !(omit_host && !has_authority)) {
      if (has_authority || !path.empty()) out += "//";
      if (user) out += user->to_string() + "@";
      out += escape(host, Part::kHost);
    }
    std::string written = escaped(raw_path, path, Part::kPath);
    if (!written.empty() && written[0] != '/' && !host.empty()) out += '/';
    // "this:that" would be taken for a scheme.
    if (out.empty() && contains(written.substr(0, written.find('/')), ":")) out += "./";
    out += written;
  }
  if (force_query || !query.empty()) out += "?" + query;
  if (!fragment.empty()) out += "#" + escaped(raw_fragment, fragment, Part::kFragment);
  return out;
}

std::string_view GoUrl::hostname() const {
  std::string_view out = host;
  size_t colon = out.rfind(':');
  if (colon != std::string_view::npos && valid_port(out.substr(colon))) out = out.substr(0, colon);
  if (out.starts_with('[') && out.ends_with(']')) out = out.substr(1, out.size() - 2);
  return out;
}

}  // namespace taut::gotmpl
