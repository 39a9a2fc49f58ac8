// Value: the one document model of taut, for YAML and JSON alike.
//
// A Value is 16 bytes: a null, bool, number or short string in place, or a counted reference to a text, list or
// map. Copying is cheap and shares; editing a shared list or map copies that one level first, so a Value that
// somebody else holds never changes (value semantics, as Swift's collections). Reading one Value from many
// threads is safe; editing needs a Value of one's own.
//
// A reader may place all lists, maps and texts of a document in one block of memory (builder.hh). Such a block is
// counted as a whole: it lives until the last Value that looks into it is gone.
//
// Maps keep their entries sorted by key bytes: equality, hashing, merging and printing walk in one order, which
// is also the order of Go's encoding/json. Integers are int64, or uint64 above its range; other numbers double.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace taut {

enum class Kind : uint8_t { kNull, kBool, kInt, kUint, kDouble, kString, kList, kMap };

// "null", "bool", "number", "string", "list", "map".
std::string_view kind_name(Kind kind);

struct Entry;
class Value;

// The key of a map entry: text, in 8 bytes. Up to seven bytes are stored in place; the common names of Kubernetes'
// fields exist once; other texts are counted, as a Value's are.
class Key {
 public:
  Key() noexcept : bits_(1) {}
  template <std::convertible_to<std::string_view> T>
  explicit Key(const T& text) : bits_(make(text)) {}
  explicit Key(const Value& text);  // a string
  Key(const Key& other) noexcept : bits_(other.bits_) {
    if (counted()) retain();
  }
  Key(Key&& other) noexcept : bits_(std::exchange(other.bits_, 1)) {}
  Key& operator=(Key other) noexcept {
    std::swap(bits_, other.bits_);
    return *this;
  }
  ~Key() {
    if (counted()) release();
  }

  // Lives as long as this Key.
  std::string_view as_string() const noexcept;
  std::string str() const { return std::string(as_string()); }
  operator std::string_view() const noexcept { return as_string(); }
  size_t size() const noexcept { return as_string().size(); }
  bool empty() const noexcept { return size() == 0; }
  bool operator==(const Key& other) const noexcept {
    return bits_ == other.bits_ || as_string() == other.as_string();
  }

 private:
  friend struct ValueNodes;
  static uint64_t make(std::string_view text);
  bool counted() const noexcept { return (bits_ & 1) == 0; }
  void retain() const noexcept;
  void release() noexcept;

  // Odd: the low byte is 1 + twice the length, the text follows in memory order. Even: a node.
  uint64_t bits_;
};

class Value {
 public:
  Value() noexcept : tag_(Tag::kNull) { payload_.bits = 0; }
  Value(std::nullptr_t) noexcept : Value() {}
  template <std::same_as<bool> B>
  Value(B b) noexcept : Value() {
    tag_ = Tag::kBool;
    payload_.bits = b ? 1 : 0;
  }
  template <std::integral I>
    requires(!std::same_as<I, bool> && !std::same_as<I, char>)
  Value(I number) noexcept : Value() {
    if constexpr (std::is_unsigned_v<I> && sizeof(I) == 8) {
      set_unsigned(number);
    } else {
      tag_ = Tag::kInt;
      payload_.integer = static_cast<int64_t>(number);
    }
  }
  Value(double number) noexcept : Value() {
    tag_ = Tag::kDouble;
    payload_.number = number;
  }
  Value(std::string_view text);
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const Key& text) : Value(text.as_string()) {}

  Value(const Value& other) noexcept {
    std::memcpy(static_cast<void*>(this), &other, sizeof(Value));
    if (counted()) retain();
  }
  Value(Value&& other) noexcept {
    std::memcpy(static_cast<void*>(this), &other, sizeof(Value));
    other.tag_ = Tag::kNull;
  }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Value() {
    if (counted()) release();
  }
  void swap(Value& other) noexcept {
    char hold[sizeof(Value)];
    std::memcpy(hold, this, sizeof(Value));
    std::memcpy(static_cast<void*>(this), &other, sizeof(Value));
    std::memcpy(static_cast<void*>(&other), hold, sizeof(Value));
  }

  // Builders: Value::map({{"a", 1}, {"b", Value::list({1, 2})}}).
  static Value map();
  static Value map(std::initializer_list<std::pair<std::string_view, Value>> entries);
  static Value list();
  static Value list(std::initializer_list<Value> items);

  Kind kind() const noexcept;
  bool is_null() const noexcept { return tag_ == Tag::kNull; }
  bool is_bool() const noexcept { return tag_ == Tag::kBool; }
  bool is_string() const noexcept { return tag_ == Tag::kShort || tag_ == Tag::kText; }
  bool is_list() const noexcept { return tag_ == Tag::kList; }
  bool is_map() const noexcept { return tag_ == Tag::kMap; }
  bool is_integer() const noexcept { return tag_ == Tag::kInt || tag_ == Tag::kUint; }
  bool is_number() const noexcept { return is_integer() || tag_ == Tag::kDouble; }

  // Each gives the fallback when the Value is of another kind. A string_view lives as long as this Value is
  // neither changed nor destroyed: short strings are stored in place.
  bool as_bool(bool fallback = false) const noexcept;
  int64_t as_int(int64_t fallback = 0) const noexcept;  // a double gives its integral value if it has one
  uint64_t as_uint(uint64_t fallback = 0) const noexcept;
  double as_double(double fallback = 0) const noexcept;
  std::string_view as_string(std::string_view fallback = {}) const noexcept;
  std::string str() const { return std::string(as_string()); }

  // Number of items, entries or bytes of text; 0 for the rest.
  size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }

  // Reading never fails: what is not there is null.
  const Value& operator[](std::string_view key) const noexcept;
  const Value& operator[](const char* key) const noexcept { return (*this)[std::string_view(key)]; }
  template <std::integral I>
  const Value& operator[](I index) const noexcept {
    return item(static_cast<size_t>(index));
  }
  // The value under a key, or nullptr: tells an absent key from a null.
  const Value* find(std::string_view key) const noexcept;
  bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }
  std::span<const Value> items() const noexcept;    // empty unless a list
  std::span<const Entry> entries() const noexcept;  // empty unless a map; sorted by key

  // Editing. A null becomes the map or list that is asked for; any other kind is replaced by one.
  Value& edit(std::string_view key);  // inserts null when absent
  Value& edit(size_t index);          // index < size()
  Value& set(std::string_view key, Value value);
  bool erase(std::string_view key);  // false when it was not there
  Value& push_back(Value value);
  void insert(size_t index, Value value);
  void erase_at(size_t index);
  void reserve(size_t capacity);  // of a list or map
  // Appends with a key known to sort after all others; for readers and builders. Unchecked.
  Value& append_sorted(Key key, Value value);
  template <class K>
    requires(!std::same_as<std::remove_cvref_t<K>, Key>)
  Value& append_sorted(const K& key, Value value) {
    return append_sorted(Key(key), std::move(value));
  }

  // Equality is by structure; 1 and 1.0 are equal, as their JSON is. Hashes agree with it and are cached in
  // lists and maps.
  bool operator==(const Value& other) const noexcept;
  uint64_t hash() const noexcept;
  // A total order (by kind, then by content) for sorting and sets.
  static int compare(const Value& a, const Value& b) noexcept;
  // True when both share one node or are the same scalar: equality at the cost of one comparison.
  bool same(const Value& other) const noexcept { return std::memcmp(this, &other, sizeof(Value)) == 0; }

 private:
  friend struct ValueNodes;
  friend struct ValueLayout;
  enum class Tag : uint8_t { kNull, kBool, kInt, kUint, kDouble, kShort, kText, kList, kMap };
  struct Node;
  // How many slots a list or map of one's own has room for.
  uint32_t capacity() const noexcept {
    uint32_t out = 0;
    std::memcpy(&out, head_ + 2, sizeof out);
    return out;
  }
  void set_capacity(uint32_t slots) noexcept { std::memcpy(head_ + 2, &slots, sizeof slots); }

  static constexpr size_t kShortCapacity = 14;
  bool counted() const noexcept { return tag_ >= Tag::kText; }
  void set_unsigned(uint64_t number) noexcept {
    tag_ = number > static_cast<uint64_t>(INT64_MAX) ? Tag::kUint : Tag::kInt;
    payload_.bits = number;
  }
  const char* short_text() const noexcept { return reinterpret_cast<const char*>(this) + 2; }
  void retain() const noexcept;
  void release() noexcept;
  const Value& item(size_t index) const noexcept;
  void own_list(size_t slots);
  void own_map(size_t slots);

  Tag tag_;
  uint8_t length_ = 0;
  char head_[6] = {};
  union {
    uint64_t bits;
    int64_t integer;
    double number;
    Node* node;
  } payload_;
};
static_assert(sizeof(Value) == 16);

// One entry of a map; the key is always a string.
struct Entry {
  Key name;
  Value value;
  std::string_view key() const noexcept { return name.as_string(); }
};
static_assert(sizeof(Entry) == 24);

}  // namespace taut

template <>
struct std::hash<taut::Value> {
  size_t operator()(const taut::Value& v) const noexcept { return v.hash(); }
};
