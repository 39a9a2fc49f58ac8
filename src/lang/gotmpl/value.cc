#include "lang/gotmpl/value.hh"

#include <algorithm>
#include <cstring>

#include "lang/gotmpl/heap.hh"

namespace taut::gotmpl {
namespace {

// Entries and items are trivial to move: growth copies bytes.
size_t grown(size_t capacity, size_t wanted) { return std::max({wanted, capacity * 2, size_t{4}}); }

constexpr uint64_t kWorkOfMove = 4;  // an entry that makes room

// Whether what was taken out of a document is as it was.
bool unchanged(const Value* children, size_t count) {
  for (size_t i = 0; children != nullptr && i < count; ++i) {
    if (children[i].is_list() && children[i].list().document() == nullptr) return false;
    if (children[i].is_map() && children[i].map().document() == nullptr) return false;
  }
  return true;
}

// What lies in something watched is watched.
Value inherited(Value child, uint32_t watch) {
  if (watch == Watch::kUnwatched) return child;
  uint32_t& id = child.is_map() ? child.map().watch_id() : child.list().watch_id();
  id = watch == Watch::kConstantNode ? watch : Watch::kNewNode;
  return child;
}

bool is_container(const taut::Value& document) { return document.is_list() || document.is_map(); }

}  // namespace

const Type& Value::type() const {
  switch (kind_) {
    case Kind::kInvalid:
    case Kind::kNil: return types::kAny;
    case Kind::kBool: return types::kBool;
    case Kind::kInt: return types::kInt;
    case Kind::kInt64: return types::kInt64;
    case Kind::kUint8: return types::kUint8;
    case Kind::kUint64: return types::kUint64;
    case Kind::kFloat64: return types::kFloat64;
    case Kind::kComplex128: return types::kComplex128;
    case Kind::kString: return types::kString;
    case Kind::kBytes: return types::kBytes;
    case Kind::kList: return list().type();
    case Kind::kMap: return named_ ? map().named_type() : map().type();
    case Kind::kStruct: return object().type();
  }
  return types::kAny;
}

void List::seen(Watch::What what, size_t index, const Value& found) const {
  if (Watch* watch = heap_->watch()) watch->read(watch_, what, static_cast<uint32_t>(index), {}, found);
}

Value List::at(size_t index) const {
  Value found = item(index);
  if (watch_ != Watch::kUnwatched) seen(Watch::What::kItem, index, found);
  return found;
}

Value List::item(size_t index) const {
  if (document_ == nullptr) return items_[index];
  const taut::Value& item = (*document_)[index];
  if (!is_container(item)) return heap_->view(item, numbers_);
  if (items_ == nullptr) {
    items_ = heap_->take_array<Value>(size_);
    std::uninitialized_value_construct_n(items_, size_);
  }
  if (!items_[index].is_valid()) items_[index] = inherited(heap_->view(item, numbers_), watch_);
  return items_[index];
}

const taut::Value* List::document() const {
  if (document_ == nullptr || !unchanged(items_, size_)) return nullptr;
  if (watch_ != Watch::kUnwatched) seen(Watch::What::kDocument);
  return document_;
}

void List::own(size_t capacity) {
  if (document_ == nullptr && capacity <= capacity_) return;
  capacity = grown(capacity_, std::max<size_t>(capacity, size_));
  Value* items = heap_->take_array<Value>(capacity);
  for (size_t i = 0; i < size_; ++i) items[i] = item(i);
  items_ = items;
  document_ = nullptr;
  nil_ = false;
  capacity_ = static_cast<uint32_t>(capacity);
}

void List::wrote() const {
  if (watch_ != Watch::kUnwatched && heap_->watch() != nullptr) heap_->watch()->wrote(watch_);
}

void List::set(size_t index, Value value) {
  wrote();
  own(size_);
  items_[index] = value.is_valid() ? value : Value::nil();
}

void List::push(Value value) {
  wrote();
  own(size_t{size_} + 1);
  items_[size_++] = value.is_valid() ? value : Value::nil();
}

void Map::seen(Watch::What what, std::string_view key, const Value& found) const {
  if (Watch* watch = heap_->watch()) watch->read(watch_, what, 0, key, found);
}

std::string_view Map::key(size_t index) const {
  if (watch_ != Watch::kUnwatched) seen(Watch::What::kKeys);
  return name(index);
}

std::string_view Map::name(size_t index) const {
  return document_ ? document_->entries()[index].key() : entries_[index].name();
}

Value Map::value(size_t index) const {
  Value found = document_ ? child(index) : entries_[index].value;
  if (watch_ != Watch::kUnwatched) {
    seen(Watch::What::kKeys);
    seen(Watch::What::kKey, name(index), found);
  }
  return found;
}

Value Map::child(size_t index) const {
  const taut::Value& item = document_->entries()[index].value;
  if (!is_container(item)) return heap_->view(item, numbers_);
  if (children_ == nullptr) {
    children_ = heap_->take_array<Value>(size_);
    std::uninitialized_value_construct_n(children_, size_);
  }
  if (!children_[index].is_valid()) children_[index] = inherited(heap_->view(item, numbers_), watch_);
  return children_[index];
}

size_t Map::lower_bound(std::string_view key) const {
  auto* found = std::lower_bound(entries_, entries_ + size_, key,
                                 [](const Entry& entry, std::string_view wanted) { return entry.name() < wanted; });
  return static_cast<size_t>(found - entries_);
}

Value Map::get(std::string_view key) const {
  Value found = find(key);
  if (watch_ != Watch::kUnwatched) seen(Watch::What::kKey, key, found);
  return found;
}

Value Map::find(std::string_view key) const {
  if (document_) {
    const taut::Value* found = document_->find(key);
    if (found == nullptr) return {};
    if (!is_container(*found)) return heap_->view(*found, numbers_);
    const auto entries = document_->entries();
    auto* entry = reinterpret_cast<const taut::Entry*>(reinterpret_cast<const char*>(found) - offsetof(taut::Entry, value));
    return child(static_cast<size_t>(entry - entries.data()));
  }
  size_t at = lower_bound(key);
  return at < size_ && entries_[at].name() == key ? entries_[at].value : Value();
}

const taut::Value* Map::document() const {
  if (document_ == nullptr || !unchanged(children_, size_)) return nullptr;
  if (watch_ != Watch::kUnwatched) seen(Watch::What::kDocument);
  return document_;
}

void Map::own(size_t capacity) {
  if (document_ == nullptr && capacity <= capacity_) return;
  capacity = grown(capacity_, std::max<size_t>(capacity, size_));
  Entry* entries = heap_->take_array<Entry>(capacity);
  for (size_t i = 0; i < size_; ++i) {
    const std::string_view own = name(i);
    entries[i] = {own.data(), static_cast<uint32_t>(own.size()), document_ ? child(i) : entries_[i].value};
  }
  entries_ = entries;
  document_ = nullptr;
  nil_ = false;
  capacity_ = static_cast<uint32_t>(capacity);
}

void Map::wrote() const {
  if (watch_ != Watch::kUnwatched && heap_->watch() != nullptr) heap_->watch()->wrote(watch_);
}

void Map::reserve(size_t capacity) { own(capacity); }

void Map::set(std::string_view key, Value value) {
  wrote();
  own(size_);
  if (!value.is_valid()) value = Value::nil();
  // Most maps are filled in order or looked at before: the end is tried first.
  size_t at = size_ != 0 && entries_[size_ - 1].name() < key ? size_ : lower_bound(key);
  if (at < size_ && entries_[at].name() == key) {
    entries_[at].value = value;
    return;
  }
  own(size_t{size_} + 1);
  heap_->work((size_ - at) * kWorkOfMove);
  std::memmove(static_cast<void*>(entries_ + at + 1), entries_ + at, (size_ - at) * sizeof(Entry));
  entries_[at] = {key.data(), static_cast<uint32_t>(key.size()), value};
  ++size_;
}

void Map::erase(std::string_view key) {
  if (!find(key).is_valid()) return;
  wrote();
  own(size_);
  size_t at = lower_bound(key);
  heap_->work((size_ - at) * kWorkOfMove);
  std::memmove(static_cast<void*>(entries_ + at), entries_ + at + 1, (size_ - at - 1) * sizeof(Entry));
  --size_;
}

Value Struct::get(std::string_view field) const {
  const auto& names = type_->fields;
  auto found = std::find(names.begin(), names.end(), field);
  return found == names.end() ? Value() : fields_[found - names.begin()];
}

}  // namespace taut::gotmpl
