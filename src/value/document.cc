#include "value/document.hh"

#include <algorithm>
#include <new>

#include "value/node.hh"
#include "value/pointer.hh"

namespace taut {
namespace {

// Frozen places: a header, then the starts of the lines, then offset and first word of each container, then the
// words, all of them 2 bytes wide where the document allows it, else 4.
struct Header {
  uint32_t root;
  uint32_t lines;
  uint32_t containers;
  uint32_t words : 31;
  uint32_t wide : 1;
};

class View {
 public:
  explicit View(const Block* block)
      : header_(reinterpret_cast<const Header*>(reinterpret_cast<const char*>(block) + block->places)) {}

  uint32_t root() const { return header_->root; }
  uint32_t lines() const { return header_->lines; }
  uint32_t containers() const { return header_->containers; }
  uint32_t words() const { return header_->words; }
  uint32_t line(uint32_t i) const { return at(i); }
  uint32_t offset(uint32_t container) const { return at(lines() + 2 * container); }
  uint32_t first(uint32_t container) const { return at(lines() + 2 * container + 1); }
  uint32_t word(uint32_t i) const { return at(lines() + 2 * containers() + i); }

  // Of a value whose word this is.
  uint32_t offset_of(const Value& value, uint32_t word) const {
    if (!value.is_list() && !value.is_map()) return word;
    return word < containers() ? offset(word) : UINT32_MAX;
  }

 private:
  uint32_t at(size_t i) const {
    if (header_->wide != 0) return reinterpret_cast<const uint32_t*>(header_ + 1)[i];
    return reinterpret_cast<const uint16_t*>(header_ + 1)[i];
  }
  const Header* header_;
};

template <class Word>
void write(const Header& header, const std::vector<uint32_t>& lines, const auto& containers,
           const std::vector<uint32_t>& words, char* out) {
  *new (out) Header = header;
  auto* at = reinterpret_cast<Word*>(out + sizeof(Header));
  for (uint32_t line : lines) *at++ = static_cast<Word>(line);
  for (const auto& container : containers) {
    *at++ = static_cast<Word>(container.offset);
    *at++ = static_cast<Word>(container.first);
  }
  for (uint32_t word : words) *at++ = static_cast<Word>(word);
}

}  // namespace

Places::Places(const Places& other) noexcept : block_(other.block_) {
  if (block_ != nullptr) block_->retain();
}

Places::~Places() {
  if (block_ != nullptr) block_->release();
}

Place Places::place(uint32_t offset, uint32_t first_line) const {
  if (block_ == nullptr || offset == UINT32_MAX) return {};
  View view(block_);
  uint32_t low = 0, high = view.lines();  // the last line that starts at or before the offset
  while (high - low > 1) {
    uint32_t middle = (low + high) / 2;
    (view.line(middle) <= offset ? low : high) = middle;
  }
  if (view.lines() == 0) return {first_line, offset + 1};
  return {first_line + low, offset - view.line(low) + 1};
}

Places::Found Places::find(const Value& root, std::string_view pointer) const {
  if (block_ == nullptr) return {};
  View view(block_);
  Found found{view.offset_of(root, view.root()), UINT32_MAX, false};
  auto steps = parse_pointer(pointer);
  if (!steps) return found;
  const Value* at = &root;
  uint32_t word = view.root();
  for (const std::string& step : *steps) {
    size_t index = 0, width = 1;
    const Value* next = nullptr;
    if (at->is_map()) {
      next = at->find(step);
      if (next == nullptr) return found;
      index = static_cast<size_t>(reinterpret_cast<const Entry*>(reinterpret_cast<const char*>(next) - sizeof(Key)) -
                                  at->entries().data());
      width = 2;
    } else if (auto number = pointer_index(step); at->is_list() && number && *number < at->size()) {
      index = *number;
      next = &at->items()[index];
    }
    if (next == nullptr || word >= view.containers()) return found;
    size_t slot = view.first(word) + index * width;
    if (slot + width > view.words()) return found;
    found.key = width == 2 ? view.word(static_cast<uint32_t>(slot)) : UINT32_MAX;
    word = view.word(static_cast<uint32_t>(slot + width - 1));
    at = next;
    found.value = view.offset_of(*at, word);
  }
  found.exact = true;
  return found;
}

uint32_t PlacesBuilder::add(uint32_t offset, const uint32_t* words, size_t count) {
  containers_.push_back({offset, static_cast<uint32_t>(words_.size())});
  words_.insert(words_.end(), words, words + count);
  for (size_t i = 0; i < count; ++i) largest_ = std::max(largest_, words[i]);
  largest_ = std::max(largest_, offset);
  return static_cast<uint32_t>(containers_.size() - 1);
}

uint32_t PlacesBuilder::add_alias(uint32_t offset, uint32_t number) {
  containers_.push_back({offset, containers_[number].first});
  largest_ = std::max(largest_, offset);
  return static_cast<uint32_t>(containers_.size() - 1);
}

bool PlacesBuilder::wide(const std::vector<uint32_t>& lines) const {
  size_t largest = std::max<size_t>({largest_, words_.size(), containers_.size(), lines.empty() ? 0 : lines.back()});
  return largest > UINT16_MAX;
}

size_t PlacesBuilder::frozen_size(const std::vector<uint32_t>& lines) const {
  size_t words = lines.size() + 2 * containers_.size() + words_.size();
  return sizeof(Header) + words * (wide(lines) ? 4 : 2);
}

void PlacesBuilder::freeze(const std::vector<uint32_t>& lines, char* out) const {
  Header header{root_, static_cast<uint32_t>(lines.size()), static_cast<uint32_t>(containers_.size()),
                static_cast<uint32_t>(words_.size()), wide(lines)};
  if (header.wide != 0) write<uint32_t>(header, lines, containers_, words_, out);
  else write<uint16_t>(header, lines, containers_, words_, out);
}

Places PlacesBuilder::freeze(const std::vector<uint32_t>& lines) const {
  void* memory = std::malloc(sizeof(Block) + frozen_size(lines));
  if (memory == nullptr) throw std::bad_alloc();
  auto* block = new (memory) Block;
  block->references.store(1, std::memory_order_relaxed);
  block->places = sizeof(Block);
  freeze(lines, reinterpret_cast<char*>(block) + sizeof(Block));
  return Places(block);
}

void PlacesBuilder::clear() {
  containers_.clear();
  words_.clear();
  root_ = largest_ = 0;
}

Place Document::place(std::string_view pointer) const {
  return places.place(places.find(root, pointer).value, first_line);
}

Place Document::key_place(std::string_view pointer) const {
  Places::Found found = places.find(root, pointer);
  return places.place(found.key != UINT32_MAX ? found.key : found.value, first_line);
}

Position Document::position(std::string_view pointer, std::string_view file) const {
  Place at = key_place(pointer);
  return {std::string(file), at.line, at.column, pointer_to_field_path(root, pointer)};
}

}  // namespace taut
