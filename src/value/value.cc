#include "value/value.hh"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <new>

#include "base/hash.hh"
#include "value/node.hh"

namespace taut {

struct ValueNodes {
  using Node = Value::Node;
  using Tag = Value::Tag;

  // The list or map without slots; nobody counts it, and whoever adds something gets one of his own.
  static Node* nothing() {
    static Node node{{kImmortal, 0u}, 0u};
    return &node;
  }

  static Node* make(uint32_t capacity, size_t width) {
    void* memory = std::malloc(sizeof(Node) + capacity * width);
    if (memory == nullptr) throw std::bad_alloc();
    auto* node = new (memory) Node;
    node->references.store(1, std::memory_order_relaxed);
    node->size = 0;
    node->hash.store(0, std::memory_order_relaxed);
    return node;
  }

  static TextNode* make_text(std::string_view text) {
    void* memory = std::malloc(sizeof(TextNode) + text.size());
    if (memory == nullptr) throw std::bad_alloc();
    auto* node = new (memory) TextNode;
    node->references.store(1, std::memory_order_relaxed);
    node->size = static_cast<uint32_t>(text.size());
    std::memcpy(node->text(), text.data(), text.size());
    return node;
  }

  // A node that others see too must be copied before it is changed; one in a block always.
  static bool shared(const Node* node) {
    return node->references.load(std::memory_order_acquire) != 1;
  }

  template <class Slot>
  static Slot* slots(Node* node) {
    return reinterpret_cast<Slot*>(node + 1);
  }

  // A node of one's own with room for `wanted` slots: the same, a grown one (moved) or a copy. `capacity` is that of
  // the handle.
  template <class Slot>
  static Node* own(Node* node, uint32_t& capacity, uint32_t wanted, bool exactly = false) {
    if (!shared(node) && wanted <= capacity) {
      node->hash.store(0, std::memory_order_relaxed);
      return node;
    }
    bool grows = wanted > node->size && node->size != 0;
    capacity = std::max({wanted, node->size, exactly ? 0u : grows ? node->size * 2 : 4u});
    Node* fresh = make(capacity, sizeof(Slot));
    fresh->size = node->size;
    if (!shared(node)) {
      std::memcpy(static_cast<void*>(slots<Slot>(fresh)), slots<Slot>(node), node->size * sizeof(Slot));
      std::free(node);
    } else {
      std::uninitialized_copy_n(slots<Slot>(node), node->size, slots<Slot>(fresh));
      drop<Slot>(node);
    }
    return fresh;
  }

  template <class Slot>
  static void drop(Node* node) {
    if (!release_count(node)) return;
    std::destroy_n(slots<Slot>(node), node->size);
    std::free(node);
  }

  // Shifts the slots from `index` on by one and constructs there; room is known to be there.
  template <class Slot>
  static Slot& insert(Node* node, size_t index, Slot slot) {
    Slot* at = slots<Slot>(node) + index;
    std::memmove(static_cast<void*>(at + 1), at, (node->size - index) * sizeof(Slot));
    ++node->size;
    return *new (at) Slot(std::move(slot));
  }

  template <class Slot>
  static void erase(Node* node, size_t index) {
    Slot* at = slots<Slot>(node) + index;
    std::destroy_at(at);
    --node->size;
    std::memmove(static_cast<void*>(at), at + 1, (node->size - index) * sizeof(Slot));
  }

  // Up to so many entries are looked through one by one: that two keys differ is seen faster than which is less.
  static constexpr uint32_t kFew = 12;

  static const Value* find_among_few(const Node* node, std::string_view key) {
    const Entry* first = const_cast<Node*>(node)->entries();
    if (key.size() <= kShortKey) {
      uint64_t wanted = short_key(key);
      for (const Entry* at = first; at != first + node->size; ++at)
        if (at->name.bits_ == wanted) return &at->value;
      return nullptr;
    }
    for (const Entry* at = first; at != first + node->size; ++at) {
      if (!at->name.counted()) continue;
      const auto* text = reinterpret_cast<const TextNode*>(at->name.bits_);
      if (text->size == key.size() && std::memcmp(text->text(), key.data(), key.size()) == 0) return &at->value;
    }
    return nullptr;
  }

  static size_t lower_bound(Node* node, std::string_view key) {
    const Entry* first = node->entries();
    const Entry* at = std::lower_bound(first, first + node->size, key, [](const Entry& e, std::string_view k) {
      return e.key() < k;
    });
    return static_cast<size_t>(at - first);
  }
};

namespace {
const Value kNothing;
}  // namespace

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kNull: return "null";
    case Kind::kBool: return "bool";
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble: return "number";
    case Kind::kString: return "string";
    case Kind::kList: return "list";
    case Kind::kMap: return "map";
  }
  return "";
}

Value::Value(std::string_view text) : Value() {
  if (text.size() <= kShortCapacity) {
    tag_ = Tag::kShort;
    length_ = static_cast<uint8_t>(text.size());
    if (!text.empty()) std::memcpy(reinterpret_cast<char*>(this) + 2, text.data(), text.size());
    return;
  }
  payload_.node = reinterpret_cast<Node*>(ValueNodes::make_text(text));
  tag_ = Tag::kText;
}

void Value::retain() const noexcept { retain_count(payload_.node); }

void Value::release() noexcept {
  switch (tag_) {
    case Tag::kText:
      if (release_count(payload_.node)) std::free(payload_.node);
      break;
    case Tag::kList: ValueNodes::drop<Value>(payload_.node); break;
    case Tag::kMap: ValueNodes::drop<Entry>(payload_.node); break;
    default: break;
  }
}

Key::Key(const Value& text) : bits_(make(text.as_string())) {}

uint64_t Key::make(std::string_view text) {
  if (text.size() <= kShortKey) return short_key(text);
  if (const TextNode* known = find_known_key(text)) return reinterpret_cast<uint64_t>(known);
  return reinterpret_cast<uint64_t>(ValueNodes::make_text(text));
}

std::string_view Key::as_string() const noexcept {
  if ((bits_ & 1) != 0) return {reinterpret_cast<const char*>(&bits_) + 1, (bits_ & 0xFF) >> 1};
  const auto* node = reinterpret_cast<const TextNode*>(bits_);
  return {node->text(), node->size};
}

void Key::retain() const noexcept { retain_count(reinterpret_cast<NodeHead*>(bits_)); }

void Key::release() noexcept {
  auto* node = reinterpret_cast<NodeHead*>(bits_);
  if (release_count(node)) std::free(node);
}

Value Value::list() {
  Value out;
  out.own_list(0);
  return out;
}

Value Value::list(std::initializer_list<Value> items) {
  Value out;
  out.own_list(items.size());
  for (const Value& item : items) out.push_back(item);
  return out;
}

Value Value::map() {
  Value out;
  out.own_map(0);
  return out;
}

Value Value::map(std::initializer_list<std::pair<std::string_view, Value>> entries) {
  Value out;
  out.own_map(entries.size());
  for (const auto& [key, value] : entries) out.set(key, value);
  return out;
}

Kind Value::kind() const noexcept {
  switch (tag_) {
    case Tag::kNull: return Kind::kNull;
    case Tag::kBool: return Kind::kBool;
    case Tag::kInt: return Kind::kInt;
    case Tag::kUint: return Kind::kUint;
    case Tag::kDouble: return Kind::kDouble;
    case Tag::kShort:
    case Tag::kText: return Kind::kString;
    case Tag::kList: return Kind::kList;
    case Tag::kMap: return Kind::kMap;
  }
  return Kind::kNull;
}

bool Value::as_bool(bool fallback) const noexcept { return is_bool() ? payload_.bits != 0 : fallback; }

int64_t Value::as_int(int64_t fallback) const noexcept {
  if (tag_ == Tag::kInt) return payload_.integer;
  if (tag_ != Tag::kDouble || payload_.number != std::trunc(payload_.number)) return fallback;
  return std::abs(payload_.number) < 9.2e18 ? static_cast<int64_t>(payload_.number) : fallback;
}

uint64_t Value::as_uint(uint64_t fallback) const noexcept {
  if (tag_ == Tag::kUint || (tag_ == Tag::kInt && payload_.integer >= 0)) return payload_.bits;
  return fallback;
}

double Value::as_double(double fallback) const noexcept {
  switch (tag_) {
    case Tag::kInt: return static_cast<double>(payload_.integer);
    case Tag::kUint: return static_cast<double>(payload_.bits);
    case Tag::kDouble: return payload_.number;
    default: return fallback;
  }
}

std::string_view Value::as_string(std::string_view fallback) const noexcept {
  if (tag_ == Tag::kShort) return {short_text(), length_};
  if (tag_ == Tag::kText) {
    const auto* node = reinterpret_cast<const TextNode*>(payload_.node);
    return {node->text(), node->size};
  }
  return fallback;
}

size_t Value::size() const noexcept {
  if (tag_ == Tag::kShort) return length_;
  return counted() ? payload_.node->size : 0;
}

const Value* Value::find(std::string_view key) const noexcept {
  if (!is_map()) return nullptr;
  if (payload_.node->size <= ValueNodes::kFew) return ValueNodes::find_among_few(payload_.node, key);
  size_t at = ValueNodes::lower_bound(payload_.node, key);
  if (at == payload_.node->size || payload_.node->entries()[at].key() != key) return nullptr;
  return &payload_.node->entries()[at].value;
}

const Value& Value::operator[](std::string_view key) const noexcept {
  const Value* found = find(key);
  return found ? *found : kNothing;
}

const Value& Value::item(size_t index) const noexcept {
  return is_list() && index < payload_.node->size ? payload_.node->items()[index] : kNothing;
}

std::span<const Value> Value::items() const noexcept {
  if (!is_list()) return {};
  return {payload_.node->items(), payload_.node->size};
}

std::span<const Entry> Value::entries() const noexcept {
  if (!is_map()) return {};
  return {payload_.node->entries(), payload_.node->size};
}

void Value::own_list(size_t slots) {
  auto wanted = static_cast<uint32_t>(slots);
  if (is_list()) {
    uint32_t room = capacity();
    payload_.node = ValueNodes::own<Value>(payload_.node, room, wanted);
    set_capacity(room);
    return;
  }
  Value fresh;
  fresh.payload_.node = wanted == 0 ? ValueNodes::nothing() : ValueNodes::make(wanted, sizeof(Value));
  fresh.set_capacity(wanted);
  fresh.tag_ = Tag::kList;
  swap(fresh);
}

void Value::own_map(size_t slots) {
  auto wanted = static_cast<uint32_t>(slots);
  if (is_map()) {
    uint32_t room = capacity();
    payload_.node = ValueNodes::own<Entry>(payload_.node, room, wanted);
    set_capacity(room);
    return;
  }
  Value fresh;
  fresh.payload_.node = wanted == 0 ? ValueNodes::nothing() : ValueNodes::make(wanted, sizeof(Entry));
  fresh.set_capacity(wanted);
  fresh.tag_ = Tag::kMap;
  swap(fresh);
}

void Value::reserve(size_t capacity) {
  auto wanted = static_cast<uint32_t>(capacity);
  if (!is_list() && !is_map()) return;
  uint32_t room = this->capacity();
  payload_.node = is_list() ? ValueNodes::own<Value>(payload_.node, room, wanted, true)
                            : ValueNodes::own<Entry>(payload_.node, room, wanted, true);
  set_capacity(room);
}

Value& Value::edit(std::string_view key) {
  size_t at = is_map() ? ValueNodes::lower_bound(payload_.node, key) : 0;
  size_t count = is_map() ? size() : 0;
  bool there = at < count && payload_.node->entries()[at].key() == key;
  if (there) {
    own_map(count);
    return payload_.node->entries()[at].value;
  }
  Key name(key);  // made first: `key` may point into the node that is about to move
  own_map(count + 1);
  return ValueNodes::insert<Entry>(payload_.node, at, Entry{std::move(name), Value()}).value;
}

Value& Value::edit(size_t index) {
  own_list(size());
  return payload_.node->items()[index];
}

Value& Value::set(std::string_view key, Value value) {
  Value& slot = edit(key);
  slot = std::move(value);
  return slot;
}

bool Value::erase(std::string_view key) {
  if (find(key) == nullptr) return false;
  size_t at = ValueNodes::lower_bound(payload_.node, key);
  own_map(size());
  ValueNodes::erase<Entry>(payload_.node, at);
  return true;
}

Value& Value::push_back(Value value) {
  own_list(is_list() ? size() + 1 : 1);
  return ValueNodes::insert<Value>(payload_.node, payload_.node->size, std::move(value));
}

void Value::insert(size_t index, Value value) {
  own_list(is_list() ? size() + 1 : 1);
  ValueNodes::insert<Value>(payload_.node, std::min<size_t>(index, payload_.node->size), std::move(value));
}

void Value::erase_at(size_t index) {
  if (!is_list() || index >= size()) return;
  own_list(size());
  ValueNodes::erase<Value>(payload_.node, index);
}

Value& Value::append_sorted(Key key, Value value) {
  own_map(is_map() ? size() + 1 : 1);
  Node* node = payload_.node;
  return ValueNodes::insert<Entry>(node, node->size, Entry{std::move(key), std::move(value)}).value;
}

namespace {

// Whether a double holds this integer, too.
bool is_exact(const Value& integer) {
  const double number = integer.as_double();
  if (integer.kind() == Kind::kInt) return number < 0x1p63 && static_cast<int64_t>(number) == integer.as_int();
  return number < 0x1p64 && static_cast<uint64_t>(number) == integer.as_uint();
}

// An integer that no double holds, with a double: never equal.
int compare_exactly(const Value& integer, double number) {
  if (std::isnan(number)) return 1;
  const double near = integer.as_double();
  if (near != number) return near < number ? -1 : 1;
  // `number` is the nearest double: on which side does it lie? One past the range is above all integers of that kind.
  if (integer.kind() == Kind::kInt) return number >= 0x1p63 || integer.as_int() < static_cast<int64_t>(number) ? -1 : 1;
  return number >= 0x1p64 || integer.as_uint() < static_cast<uint64_t>(number) ? -1 : 1;
}

int compare_numbers(const Value& a, const Value& b) {
  if (a.kind() == Kind::kInt && b.kind() == Kind::kInt)
    return a.as_int() < b.as_int() ? -1 : a.as_int() > b.as_int();
  if (a.is_integer() && b.is_integer()) {
    // At least one is above int64: it is the greater.
    if (a.kind() != b.kind()) return a.kind() == Kind::kUint ? 1 : -1;
    return a.as_uint() < b.as_uint() ? -1 : a.as_uint() > b.as_uint();
  }
  if (a.is_integer() && !is_exact(a)) return compare_exactly(a, b.as_double());
  if (b.is_integer() && !is_exact(b)) return -compare_exactly(b, a.as_double());
  double x = a.as_double(), y = b.as_double();
  if (std::isnan(x) || std::isnan(y)) return std::isnan(x) == std::isnan(y) ? 0 : std::isnan(x) ? -1 : 1;
  return x < y ? -1 : x > y;
}

// The rank of a kind in the total order; all numbers share one.
int rank(Kind kind) {
  return kind == Kind::kUint || kind == Kind::kDouble ? static_cast<int>(Kind::kInt) : static_cast<int>(kind);
}

int compare_lists(const Value& a, const Value& b) {
  auto x = a.items(), y = b.items();
  for (size_t i = 0; i < std::min(x.size(), y.size()); ++i)
    if (int order = Value::compare(x[i], y[i])) return order;
  return x.size() < y.size() ? -1 : x.size() > y.size();
}

int compare_maps(const Value& a, const Value& b) {
  auto x = a.entries(), y = b.entries();
  for (size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (int order = x[i].key().compare(y[i].key())) return order;
    if (int order = Value::compare(x[i].value, y[i].value)) return order;
  }
  return x.size() < y.size() ? -1 : x.size() > y.size();
}

}  // namespace

int Value::compare(const Value& a, const Value& b) noexcept {
  if (a.same(b)) return 0;
  if (int order = rank(a.kind()) - rank(b.kind())) return order;
  switch (a.kind()) {
    case Kind::kNull: return 0;
    case Kind::kBool: return static_cast<int>(a.as_bool()) - static_cast<int>(b.as_bool());
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble: return compare_numbers(a, b);
    case Kind::kString: return a.as_string().compare(b.as_string());
    case Kind::kList: return compare_lists(a, b);
    case Kind::kMap: return compare_maps(a, b);
  }
  return 0;
}

bool Value::operator==(const Value& other) const noexcept {
  if (same(other)) return true;
  if (counted() && tag_ == other.tag_) {
    if (payload_.node->size != other.payload_.node->size) return false;
    uint64_t x = payload_.node->hash.load(std::memory_order_relaxed);
    uint64_t y = other.payload_.node->hash.load(std::memory_order_relaxed);
    if (x != 0 && y != 0 && x != y) return false;
  }
  return compare(*this, other) == 0;
}

uint64_t Value::hash() const noexcept {
  switch (kind()) {
    case Kind::kNull: return 0x6e756c6c;
    case Kind::kBool: return as_bool() ? 0x74727565 : 0x66616c73;
    case Kind::kInt:
    case Kind::kUint:
    case Kind::kDouble: {
      if (is_integer() && !is_exact(*this)) return mix(11, kind() == Kind::kInt ? static_cast<uint64_t>(as_int()) : as_uint());
      double number = as_double() + 0.0;  // so that -0 and 0 agree
      uint64_t bits = 0;
      std::memcpy(&bits, &number, sizeof bits);
      return mix(3, bits);
    }
    case Kind::kString: return hash64(as_string());
    case Kind::kList:
    case Kind::kMap: break;
  }
  Node* node = payload_.node;
  if (node->size == 0) return mix(is_list() ? 5 : 7, 0);  // the empty list and the empty map may be one node
  if (uint64_t known = node->hash.load(std::memory_order_relaxed)) return known;
  uint64_t hash = mix(is_list() ? 5 : 7, node->size);
  for (const Value& item : items()) hash = mix(hash, item.hash());
  for (const Entry& entry : entries()) hash = mix(mix(hash, hash64(entry.key())), entry.value.hash());
  if (hash == 0) hash = 1;
  node->hash.store(hash, std::memory_order_relaxed);
  return hash;
}

}  // namespace taut
