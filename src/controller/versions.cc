#include "controller/versions.hh"

#include <charconv>

namespace taut::controller {

bool older(const Value& object, const Value& held) {
  auto version = [](const Value& of) {
    std::string_view text = of["metadata"]["resourceVersion"].as_string();
    uint64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? number : 0;
  };
  if (object["metadata"]["uid"] != held["metadata"]["uid"]) return false;
  uint64_t its = version(object);
  return its != 0 && its < version(held);
}

}  // namespace taut::controller
