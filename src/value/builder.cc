#include "value/builder.hh"

#include <algorithm>
#include <cstring>
#include <new>

#include "value/blank.hh"
#include "value/node.hh"

namespace taut {
namespace {

// What a key holds while the block is built: a short key or the address of a known one, or, marked so, the offset of
// its node.
constexpr uint64_t kOffsetMark = 2;
bool is_offset(uint64_t key) { return (key & 3) == kOffsetMark; }
uint64_t as_offset_key(uint32_t offset) { return uint64_t{offset} << 2 | kOffsetMark; }
uint32_t key_offset(uint64_t key) { return static_cast<uint32_t>(key >> 2); }

}  // namespace

// Knows how a Value lies in memory.
struct ValueLayout {
  using Tag = Value::Tag;
  static constexpr size_t kShort = Value::kShortCapacity;

  static void raw(Tag tag, uint64_t payload, uint64_t (&words)[2]) {
    words[0] = static_cast<uint64_t>(tag);
    words[1] = payload;
  }
  static void raw_short(std::string_view text, uint64_t (&words)[2]) {
    words[0] = static_cast<uint64_t>(Tag::kShort) | text.size() << 8;
    words[1] = 0;
    if (!text.empty()) std::memcpy(reinterpret_cast<char*>(words) + 2, text.data(), text.size());
  }
  static bool counted(const uint64_t (&words)[2]) { return static_cast<uint8_t>(words[0]) >= static_cast<uint8_t>(Tag::kText); }
  static bool container(const uint64_t (&words)[2]) {
    auto tag = static_cast<Tag>(words[0] & 0xFF);
    return tag == Tag::kList || tag == Tag::kMap;
  }
  static Value blank_null() {
    Value out;
    out.length_ = kBlank;
    return out;
  }
  static bool is_blank_null(const Value& value) { return value.is_null() && value.length_ == kBlank; }
  static constexpr uint8_t kBlank = 0xFF;  // no length of a short text
  static constexpr size_t kNodeSize = sizeof(Value::Node);
  static void make_node(char* at, uint32_t offset, size_t size) {
    auto* node = new (at) Value::Node;
    node->references.store(kInBlock | offset / 8, std::memory_order_relaxed);
    node->size = static_cast<uint32_t>(size);
    node->hash.store(0, std::memory_order_relaxed);
  }
};

ValueBuilder::Pending& ValueBuilder::next() {
  if (awaits_value_) {
    awaits_value_ = false;
    return pending_.back();
  }
  return pending_.emplace_back();
}

uint32_t ValueBuilder::allocate(size_t bytes) {
  size_t at = used_;
  used_ += (bytes + 7) / 8 * 8;
  if (used_ > memory_.size()) memory_.resize(std::max(used_, memory_.size() * 2 + 4096));
  return static_cast<uint32_t>(at);
}

uint32_t ValueBuilder::add_text_node(std::string_view text) {
  uint32_t at = allocate(sizeof(TextNode) + text.size());
  auto* node = new (&memory_[at]) TextNode;
  node->references.store(kInBlock | at / 8, std::memory_order_relaxed);
  node->size = static_cast<uint32_t>(text.size());
  std::memcpy(node->text(), text.data(), text.size());
  return at;
}

Value blank_null() { return ValueLayout::blank_null(); }

bool is_blank_null(const Value& value) { return ValueLayout::is_blank_null(value); }

void ValueBuilder::scalar(const Value& value, uint32_t offset) {
  Pending& slot = next();
  static_assert(sizeof(RawValue) == sizeof(Value));
  std::memcpy(&slot.entry.value, static_cast<const void*>(&value), sizeof(Value));
  slot.word = offset;
}

void ValueBuilder::text(std::string_view text, uint32_t offset) {
  Pending& slot = next();
  slot.word = offset;
  if (text.size() <= ValueLayout::kShort) {
    ValueLayout::raw_short(text, slot.entry.value.words);
    return;
  }
  uint32_t node = add_text_node(text);
  ValueLayout::raw(ValueLayout::Tag::kText, node, pending_.back().entry.value.words);
}

void ValueBuilder::key(std::string_view name, uint32_t offset) {
  uint64_t key = 0;
  if (name.size() <= kShortKey) key = short_key(name);
  else if (const TextNode* known = find_known_key(name)) key = reinterpret_cast<uint64_t>(known);
  else key = as_offset_key(add_text_node(name));
  Pending& slot = pending_.emplace_back();
  slot.entry.key = key;
  slot.key_offset = offset;
  awaits_value_ = true;
}

size_t ValueBuilder::open(uint32_t offset) {
  next().word = offset;
  return pending_.size();
}

void ValueBuilder::store(uint32_t at, const RawValue& value) {
  std::memcpy(&memory_[at], &value, sizeof value);
  if (ValueLayout::counted(value.words)) moved_.push_back(at + 8);
}

void ValueBuilder::store_key(uint32_t at, uint64_t key) {
  if (is_offset(key)) {
    key = key_offset(key);
    moved_.push_back(at);
  }
  std::memcpy(&memory_[at], &key, sizeof key);
}

// The children become a node, which the value that was opened refers to.
void ValueBuilder::collapse(size_t start, uint32_t node, size_t count, bool map) {
  ValueLayout::make_node(&memory_[node], node, count);
  Pending& slot = pending_[start - 1];
  slot.word = places_.add(slot.word, words_.data(), words_.size());
  ValueLayout::raw(map ? ValueLayout::Tag::kMap : ValueLayout::Tag::kList, node, slot.entry.value.words);
  pending_.resize(start);
  awaits_value_ = false;
}

void ValueBuilder::close_list(size_t start) {
  size_t count = pending_.size() - start;
  uint32_t node = allocate(ValueLayout::kNodeSize + count * sizeof(Value));
  auto at = static_cast<uint32_t>(node + ValueLayout::kNodeSize);
  words_.clear();
  for (size_t i = start; i < pending_.size(); ++i, at += sizeof(Value)) {
    store(at, pending_[i].entry.value);
    words_.push_back(pending_[i].word);
  }
  collapse(start, node, count, false);
}

std::string_view ValueBuilder::key_text(const Pending& pending) const {
  const uint64_t& key = pending.entry.key;
  if ((key & 1) != 0) return {reinterpret_cast<const char*>(&key) + 1, (key & 0xFF) >> 1};
  const auto* node = is_offset(key) ? reinterpret_cast<const TextNode*>(&memory_[key_offset(key)])
                                    : reinterpret_cast<const TextNode*>(key);
  return {node->text(), node->size};
}

// Sorts what is pending from `start` on by key; false when two keys are equal.
bool ValueBuilder::sort_fields(size_t start) {
  size_t count = pending_.size() - start;
  auto first = pending_.begin() + static_cast<ptrdiff_t>(start);
  constexpr size_t kFew = 24;
  if (count > kFew) {
    std::stable_sort(first, pending_.end(),
                     [this](const Pending& a, const Pending& b) { return key_text(a) < key_text(b); });
    return std::adjacent_find(first, pending_.end(), [this](const Pending& a, const Pending& b) {
             return key_text(a) == key_text(b);
           }) == pending_.end();
  }
  for (size_t i = 1; i < count; ++i) {
    int order = key_text(first[static_cast<ptrdiff_t>(i) - 1]).compare(key_text(first[static_cast<ptrdiff_t>(i)]));
    if (order == 0) return false;
    if (order < 0) continue;
    Pending moving = first[static_cast<ptrdiff_t>(i)];
    size_t to = i - 1;
    std::string_view name = key_text(moving);
    for (; to > 0; --to) {
      order = key_text(first[static_cast<ptrdiff_t>(to) - 1]).compare(name);
      if (order == 0) return false;
      if (order < 0) break;
    }
    std::move_backward(first + static_cast<ptrdiff_t>(to), first + static_cast<ptrdiff_t>(i),
                       first + static_cast<ptrdiff_t>(i) + 1);
    first[static_cast<ptrdiff_t>(to)] = moving;
  }
  return true;
}

bool ValueBuilder::close_map(size_t start) {
  if (!sort_fields(start)) return false;
  size_t count = pending_.size() - start;
  uint32_t node = allocate(ValueLayout::kNodeSize + count * sizeof(Entry));
  auto at = static_cast<uint32_t>(node + ValueLayout::kNodeSize);
  words_.clear();
  for (size_t i = start; i < pending_.size(); ++i, at += sizeof(Entry)) {
    store_key(at, pending_[i].entry.key);
    store(at + static_cast<uint32_t>(sizeof(Key)), pending_[i].entry.value);
    words_.push_back(pending_[i].key_offset);
    words_.push_back(pending_[i].word);
  }
  collapse(start, node, count, true);
  return true;
}

ValueBuilder::Anchor ValueBuilder::last() const {
  const Pending& done = pending_.back();
  return {{done.entry.value.words[0], done.entry.value.words[1]}, done.word};
}

void ValueBuilder::alias(const Anchor& anchor, uint32_t offset) {
  Pending& slot = next();
  slot.entry.value = {{anchor.words[0], anchor.words[1]}};
  slot.word = ValueLayout::container(anchor.words) ? places_.add_alias(offset, anchor.place) : offset;
}

// The places have a block of their own: they go with the document, the values are kept.
Document ValueBuilder::finish(const std::vector<uint32_t>& lines) {
  Pending root = pending_.back();
  places_.set_root(root.word);
  Document out;
  out.places = places_.freeze(lines);
  if (!ValueLayout::counted(root.entry.value.words)) {
    std::memcpy(static_cast<void*>(&out.root), &root.entry.value, sizeof(Value));
    reset();
    return out;
  }
  void* memory = std::malloc(used_);
  if (memory == nullptr) throw std::bad_alloc();
  auto* bytes = static_cast<char*>(memory);
  std::memcpy(bytes + sizeof(Block), &memory_[sizeof(Block)], used_ - sizeof(Block));
  auto* block = new (memory) Block;
  block->references.store(1, std::memory_order_relaxed);
  block->places = 0;
  auto base = reinterpret_cast<uint64_t>(bytes);
  for (uint32_t at : moved_) {
    uint64_t word = 0;
    std::memcpy(&word, bytes + at, sizeof word);
    word += base;
    std::memcpy(bytes + at, &word, sizeof word);
  }
  root.entry.value.words[1] += base;
  std::memcpy(static_cast<void*>(&out.root), &root.entry.value, sizeof(Value));
  reset();
  return out;
}

void ValueBuilder::reset() {
  constexpr size_t kKept = 1 << 20;
  if (memory_.size() > kKept) memory_ = {};
  if (pending_.capacity() > kKept / sizeof(Pending)) pending_ = {};
  pending_.clear();
  moved_.clear();
  places_.clear();
  used_ = sizeof(Block);
  awaits_value_ = false;
}

}  // namespace taut
