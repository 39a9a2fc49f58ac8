#include "value/document.hh"

#include <algorithm>

#include "value/pointer.hh"

namespace taut {

Place LineTable::place(uint32_t offset) const {
  auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  if (after == starts_.begin()) return {first_line_, offset + 1};
  auto line = static_cast<uint32_t>(after - starts_.begin()) - 1;
  return {first_line_ + line, offset - starts_[line] + 1};
}

uint32_t Places::add(uint32_t offset, const uint32_t* words, size_t count) {
  containers_.push_back({offset, static_cast<uint32_t>(words_.size())});
  words_.insert(words_.end(), words, words + count);
  return static_cast<uint32_t>(containers_.size() - 1);
}

uint32_t Places::add_alias(uint32_t offset, uint32_t number) {
  containers_.push_back({offset, containers_[number].first});
  return static_cast<uint32_t>(containers_.size() - 1);
}

void Places::shrink() {
  containers_.shrink_to_fit();
  words_.shrink_to_fit();
}

uint32_t Places::offset_of(const Value& value, uint32_t word) const {
  bool container = value.is_list() || value.is_map();
  if (!container) return word;
  return word < containers_.size() ? containers_[word].offset : UINT32_MAX;
}

Places::Found Places::find(const Value& root, std::string_view pointer) const {
  Found found{offset_of(root, root_), UINT32_MAX, false};
  auto steps = parse_pointer(pointer);
  if (!steps) return found;
  const Value* at = &root;
  uint32_t word = root_;
  for (const std::string& step : *steps) {
    size_t index = 0, width = 1;
    const Value* next = nullptr;
    if (at->is_map()) {
      auto entries = at->entries();
      auto entry = std::lower_bound(entries.begin(), entries.end(), step,
                                    [](const Entry& e, const std::string& key) { return e.key() < key; });
      if (entry == entries.end() || entry->key() != step) return found;
      index = static_cast<size_t>(entry - entries.begin());
      width = 2;
      next = &entry->value;
    } else if (auto number = pointer_index(step); at->is_list() && number && *number < at->size()) {
      index = *number;
      next = &at->items()[index];
    }
    if (next == nullptr || word >= containers_.size()) return found;
    size_t slot = containers_[word].first + index * width;
    if (slot + width > words_.size()) return found;
    found.key = width == 2 ? words_[slot] : UINT32_MAX;
    word = words_[slot + width - 1];
    at = next;
    found.value = offset_of(*at, word);
  }
  found.exact = true;
  return found;
}

Place Document::key_place(std::string_view pointer) const {
  Places::Found found = places.find(root, pointer);
  return places.place(found.key != UINT32_MAX ? found.key : found.value);
}

Position Document::position(std::string_view pointer, std::string_view file) const {
  Place at = key_place(pointer);
  return {std::string(file), at.line, at.column, pointer_to_field_path(root, pointer)};
}

}  // namespace taut
