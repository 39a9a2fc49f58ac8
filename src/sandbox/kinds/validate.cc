#include "sandbox/kinds/strategy.hh"

namespace taut::sandbox::kinds {

std::vector<Problem> validate_create(const Gvk&, const Value&) { return {}; }
std::vector<Problem> validate_update(const Gvk&, const Value&, const Value&, std::string_view) { return {}; }
std::vector<std::string> warnings(const Gvk&, const Value&, const Value*) { return {}; }

}  // namespace taut::sandbox::kinds
