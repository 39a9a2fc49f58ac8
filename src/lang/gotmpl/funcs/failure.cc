#include "lang/gotmpl/funcs/failure.hh"

namespace taut::gotmpl {

namespace {

constexpr std::string_view kStart = "HELM_ERR_START";
constexpr std::string_view kEnd = "HELM_ERR_END";

}  // namespace

std::string mark_failure(std::string_view message) {
  return std::string(kStart).append(message).append(kEnd);
}

std::optional<std::string_view> marked_failure(std::string_view error) {
  size_t start = error.find(kStart);
  if (start == std::string_view::npos) return std::nullopt;
  std::string_view inner = error.substr(start + kStart.size());
  size_t end = inner.rfind(kEnd);
  if (end == std::string_view::npos) return std::nullopt;
  return inner.substr(0, end);
}

}  // namespace taut::gotmpl
