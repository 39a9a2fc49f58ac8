#include "port/repositories.hh"

#include <fmt/format.h>

namespace taut {
namespace {

constexpr std::string_view kPrefix = "project+";

}  // namespace

std::string in_project(std::string_view project, std::string_view url) {
  return project.empty() ? std::string(url) : fmt::format("{}{}+{}", kPrefix, project, url);
}

// Names of projects hold no "+".
ProjectUrl split_project(std::string_view name) {
  if (!name.starts_with(kPrefix)) return {{}, std::string(name)};
  std::string_view rest = name.substr(kPrefix.size());
  size_t end = rest.find('+');
  if (end == std::string_view::npos) return {{}, std::string(name)};
  return {std::string(rest.substr(0, end)), std::string(rest.substr(end + 1))};
}

}  // namespace taut
