#include "lang/gotmpl/template_set.hh"

#include <algorithm>

#include "lang/gotmpl/node.hh"

namespace taut::gotmpl {

void* NodeArena::take(size_t bytes) {
  constexpr size_t kLargest = 2048;
  bytes = (bytes + 7) & ~size_t{7};
  if (bytes > left_) {
    chunk_ = std::min(chunk_ * 2, kLargest);
    left_ = std::max(chunk_, bytes);
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
    next_ = chunks_.back().get();
  }
  void* out = next_;
  next_ += bytes;
  left_ -= bytes;
  return out;
}

const Template* Parsed::main() const {
  auto found = std::find_if(templates.begin(), templates.end(), [&](const Template& t) { return t.name == name; });
  return found == templates.end() ? nullptr : &*found;
}

Status TemplateSet::parse(std::string_view name, std::string_view text) {
  TAUT_ASSIGN(auto parsed, gotmpl::parse(name, text, *functions_));
  add(std::move(parsed));
  return {};
}

void TemplateSet::add(std::shared_ptr<const Parsed> parsed) {
  for (const Template& added : parsed->templates) {
    if (added.empty && find(added.name) != nullptr) continue;
    templates_[added.name] = &added;
  }
  parsed_.push_back(std::move(parsed));
}

const Template* TemplateSet::find(std::string_view name) const {
  for (const TemplateSet* set = this; set != nullptr; set = set->base_) {
    if (auto found = set->templates_.find(name); found != set->templates_.end()) return found->second;
  }
  return nullptr;
}

}  // namespace taut::gotmpl
