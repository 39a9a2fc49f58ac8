// Value: what a template computes with. Go's kinds stay apart, since they can be seen in output: 1 is an int,
// a number of values.yaml a float64, an integer of --set an int64.
//
// A Value is 16 bytes and trivially copied. Lists, maps and structs are references, as in Go: who changes a map
// changes it for everybody who holds it. All that a Value refers to belongs to a Heap (heap.hh) or to something the
// Heap keeps alive; nothing is freed before the Heap is. A Heap and its Values are used by one thread.
//
// Documents (taut::Value) are not copied: a list or map that wraps one reads through, and only a level that is
// changed is copied first. Strings of documents, template literals and the Heap are borrowed in the same way.
#pragma once

#include <complex>
#include <cstdint>
#include <string_view>

#include "lang/gotmpl/type.hh"
#include "value/value.hh"

namespace taut::gotmpl {

class Heap;
class Watch;
class List;
class Map;
class Struct;

class Value {
 public:
  Value() noexcept : kind_(Kind::kInvalid), payload_{0} {}
  explicit Value(List* list) noexcept : kind_(Kind::kList) { payload_.list = list; }
  explicit Value(Map* map) noexcept : kind_(Kind::kMap) { payload_.map = map; }
  explicit Value(Struct* object) noexcept : kind_(Kind::kStruct) { payload_.object = object; }

  static Value nil() { return of(Kind::kNil, 0); }
  static Value boolean(bool b) { return of(Kind::kBool, b ? 1 : 0); }
  static Value integer(int64_t number) { return of(Kind::kInt, static_cast<uint64_t>(number)); }
  static Value int64(int64_t number) { return of(Kind::kInt64, static_cast<uint64_t>(number)); }
  static Value uint8(uint8_t number) { return of(Kind::kUint8, number); }
  static Value uint64(uint64_t number) { return of(Kind::kUint64, number); }
  static Value real(double number) {
    Value out = of(Kind::kFloat64, 0);
    out.payload_.real = number;
    return out;
  }
  static Value complex(const std::complex<double>* number) {
    Value out = of(Kind::kComplex128, 0);
    out.payload_.complex = number;
    return out;
  }
  // The text is borrowed: it must live as long as the Heap (Heap::text copies one).
  static Value text(std::string_view text) { return of(Kind::kString, text); }
  static Value bytes(std::string_view bytes) { return of(Kind::kBytes, bytes); }

  Kind kind() const { return kind_; }
  // Never nullptr; nil and nothing are of type interface {}.
  const Type& type() const;

  // Nothing: no value, or a nil interface.
  bool is_nil() const { return kind_ <= Kind::kNil; }
  bool is_valid() const { return kind_ != Kind::kInvalid; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_list() const { return kind_ == Kind::kList; }
  bool is_map() const { return kind_ == Kind::kMap; }
  bool is_struct() const { return kind_ == Kind::kStruct; }
  bool is_signed() const { return kind_ == Kind::kInt || kind_ == Kind::kInt64; }
  bool is_unsigned() const { return kind_ == Kind::kUint8 || kind_ == Kind::kUint64; }

  // Each may be asked only of the kinds it names.
  bool as_bool() const { return payload_.bits != 0; }
  int64_t as_int() const { return static_cast<int64_t>(payload_.bits); }  // any integer
  uint64_t as_uint() const { return payload_.bits; }
  double as_real() const { return payload_.real; }
  std::complex<double> as_complex() const { return *payload_.complex; }
  std::string_view as_text() const { return {payload_.text, length_}; }  // string or bytes
  List& list() const { return *payload_.list; }
  Map& map() const { return *payload_.map; }
  Struct& object() const { return *payload_.object; }

  // The string, or "" for any other kind.
  std::string_view text_or_empty() const { return is_string() ? as_text() : std::string_view(); }
  // Whether it was taken out of an interface {}, such as an item of []interface {}: errors then name that type.
  bool boxed() const { return boxed_; }
  Value boxed(bool boxed) const {
    Value out = *this;
    out.boxed_ = boxed;
    return out;
  }
  // Whether a map is seen as the named type that it has besides its own (Map::name_type), such as common.Values. What
  // takes a map[string]interface {} takes it too, and sees no more of the name.
  bool named() const { return named_; }
  Value named(bool named) const {
    Value out = *this;
    out.named_ = named;
    return out;
  }
  // The same reference, or the same scalar of the same kind.
  bool same(const Value& other) const {
    return kind_ == other.kind_ && length_ == other.length_ && payload_.bits == other.payload_.bits;
  }

 private:
  static Value of(Kind kind, uint64_t bits) {
    Value out;
    out.kind_ = kind;
    out.payload_.bits = bits;
    return out;
  }
  static Value of(Kind kind, std::string_view text) {
    Value out;
    out.kind_ = kind;
    out.length_ = static_cast<uint32_t>(text.size());
    out.payload_.text = text.data();
    return out;
  }

  Kind kind_;
  bool boxed_ = false;
  bool named_ = false;
  uint32_t length_ = 0;
  union {
    uint64_t bits;
    double real;
    const char* text;
    const std::complex<double>* complex;
    List* list;
    Map* map;
    Struct* object;
  } payload_;
};
static_assert(sizeof(Value) == 16);

// What lists, maps and structs have in common.
class Node {
 public:
  const Type& type() const { return *type_; }
  Heap& heap() const { return *heap_; }

 protected:
  Node(Heap& heap, const Type& type) : type_(&type), heap_(&heap) {}
  const Type* type_;
  Heap* heap_;
};

// How the integers of a wrapped document are seen: YAML and JSON files that went through Go's encoding/json have only
// float64; what came from --set, or from a live object, has int64.
enum class Numbers : uint8_t { kFloat64, kInt64 };

// What is told of reads and writes of watched maps and lists, by the Heap they are in (Heap::watch).
class Watch {
 public:
  enum class What : uint8_t { kKey, kItem, kSize, kKeys, kDocument };
  // Numbers of nodes, beside the watch's own: not watched; what is below a constant is one, too, and only writes count.
  static constexpr uint32_t kUnwatched = 0, kConstantNode = UINT32_MAX, kNewNode = UINT32_MAX - 1;

  virtual ~Watch() = default;
  // `found` is what an index or key gave. kSize, kKeys and kDocument: all of it was looked at.
  virtual void read(uint32_t id, What what, uint32_t index, std::string_view key, const Value& found) = 0;
  virtual void wrote(uint32_t id) = 0;
};

// A slice. Of any type: []string holds strings only, which whoever fills it sees to.
class List : public Node {
 public:
  size_t size() const {
    if (watch_ != Watch::kUnwatched) seen(Watch::What::kSize);
    return size_;
  }
  bool empty() const { return size() == 0; }
  Value at(size_t index) const;  // index < size()
  void set(size_t index, Value value);
  void push(Value value);
  // The document that this is, as long as nothing in it was changed on any level; else nullptr.
  const taut::Value* document() const;
  Numbers numbers() const { return numbers_; }  // how that document's are seen
  // Go's nil slice: empty, but null in JSON.
  bool is_nil() const { return nil_; }
  // From now on, the heap's Watch is told. What lies in it and is a document is watched, too.
  uint32_t& watch_id() const { return watch_; }

 private:
  friend class Heap;
  List(Heap& heap, const Type& type) : Node(heap, type) {}
  Value item(size_t index) const;
  void own(size_t capacity);
  void wrote() const;
  void seen(Watch::What what, size_t index = 0, const Value& found = {}) const;

  // With a document: the children that were asked for and are lists or maps, or nullptr while there are none.
  mutable Value* items_ = nullptr;
  const taut::Value* document_ = nullptr;
  uint32_t size_ = 0, capacity_ = 0;
  mutable uint32_t watch_ = Watch::kUnwatched;
  Numbers numbers_ = Numbers::kInt64;
  bool nil_ = false;
};

// A map with string keys. Entries are always in the order of their keys' bytes, the order in which Go's templates
// and fmt walk them.
class Map : public Node {
 public:
  size_t size() const {
    if (watch_ != Watch::kUnwatched) seen(Watch::What::kSize);
    return size_;
  }
  bool empty() const { return size() == 0; }
  // Entry number `index` < size(), in order of keys.
  std::string_view key(size_t index) const;
  Value value(size_t index) const;
  // An invalid Value if there is no such key; a nil one is kNil.
  Value get(std::string_view key) const;
  bool contains(std::string_view key) const { return get(key).is_valid(); }
  // The key is borrowed: it must live as long as the Heap. An invalid value is kept as nil.
  void set(std::string_view key, Value value);
  void erase(std::string_view key);
  void reserve(size_t capacity);
  const taut::Value* document() const;  // as a List's
  Numbers numbers() const { return numbers_; }
  // Go's nil map: empty, null in JSON, and nothing may be set in it ("assignment to entry in nil map").
  bool is_nil() const { return nil_; }
  // The type of a Value of this map that is named(): a map type with methods of its own.
  const Type& named_type() const { return named_type_ ? *named_type_ : *type_; }
  Value name_type(const Type& type) {
    named_type_ = &type;
    return Value(this).named(true);
  }
  uint32_t& watch_id() const { return watch_; }  // as a List's

 private:
  friend class Heap;
  struct Entry {
    const char* key;
    uint32_t key_size;
    Value value;
    std::string_view name() const { return {key, key_size}; }
  };
  Map(Heap& heap, const Type& type) : Node(heap, type) {}
  size_t lower_bound(std::string_view key) const;
  std::string_view name(size_t index) const;
  Value find(std::string_view key) const;
  Value child(size_t index) const;
  void seen(Watch::What what, std::string_view key = {}, const Value& found = {}) const;
  void own(size_t capacity);
  void wrote() const;

  mutable Value* children_ = nullptr;  // with a document: as List::items_
  Entry* entries_ = nullptr;           // without
  const taut::Value* document_ = nullptr;
  const Type* named_type_ = nullptr;
  uint32_t size_ = 0, capacity_ = 0;
  mutable uint32_t watch_ = Watch::kUnwatched;
  Numbers numbers_ = Numbers::kInt64;
  bool nil_ = false;
};

// A struct or a pointer to one: the values of the fields of its type, in that order, and what its methods need.
class Struct : public Node {
 public:
  size_t size() const { return type_->fields.size(); }
  Value at(size_t index) const { return fields_[index]; }
  void set(size_t index, Value value) { fields_[index] = value; }
  // An invalid Value if the type has no such field.
  Value get(std::string_view field) const;
  // What Heap::object was given; its type is known by type().
  template <class T>
  const T& data() const {
    return *static_cast<const T*>(data_);
  }

 private:
  friend class Heap;
  Struct(Heap& heap, const Type& type) : Node(heap, type) {}
  Value* fields_ = nullptr;
  const void* data_ = nullptr;
};

// Go's time.Time: a moment and the zone it is shown in. The data of a Struct of types::kTime.
struct Moment {
  int64_t seconds = 0;  // since 1970, UTC
  int32_t nanoseconds = 0;
  int32_t offset = 0;  // seconds east of UTC
  std::string_view zone = "UTC";
};

}  // namespace taut::gotmpl
