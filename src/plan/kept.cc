#include "plan/kept.hh"

#include "value/pointer.hh"

namespace taut::plan {
namespace {

constexpr std::string_view kStringData = "/stringData/";

// Sets what is at a pointer that leads somewhere in the object.
void set_at(Value& root, const std::vector<std::string>& steps, const Value& value) {
  Value* at = &root;
  for (const std::string& step : steps) at = at->is_list() ? &at->edit(*pointer_index(step)) : &at->edit(step);
  *at = value;
}

}  // namespace

Value with_kept(Value desired, const Value& live, std::span<const std::string> pointers) {
  for (const std::string& written : pointers) {
    std::string pointer = written;
    if (pointer.starts_with(kStringData)) pointer = "/data/" + pointer.substr(kStringData.size());
    const Value* there = find_pointer(live, pointer);
    const Value* own = find_pointer(desired, pointer);
    auto steps = parse_pointer(pointer);
    if (there && own && *there != *own && steps && !steps->empty()) set_at(desired, *steps, *there);
  }
  return desired;
}

}  // namespace taut::plan
