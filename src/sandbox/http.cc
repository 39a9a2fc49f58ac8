#include "sandbox/http.hh"

#include <strings.h>

#include "base/strings.hh"

namespace taut::sandbox {

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  return {};
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
        isxdigit(static_cast<unsigned char>(text[i + 2])) != 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Query::Query(std::string_view raw) {
  if (raw.empty()) return;
  for (std::string_view pair : split(raw, '&')) {
    std::string_view name = pair, value;
    cut(pair, "=", name, value);
    if (!name.empty()) parameters_.emplace_back(percent_decode(name, true), percent_decode(value, true));
  }
}

std::string_view Query::get(std::string_view name) const {
  for (const auto& [key, value] : parameters_)
    if (key == name) return value;
  return {};
}

bool Query::has(std::string_view name) const {
  for (const auto& [key, value] : parameters_)
    if (key == name) return true;
  return false;
}

}  // namespace taut::sandbox
