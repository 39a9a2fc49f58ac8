// The memory of one render: what templates make is taken from it piece by piece and freed as a whole.
//
// This is why Values need no counting and maps may refer to themselves. A limit stops templates that grow without
// end. Not thread-safe: one render, one Heap.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hh"
#include "lang/gotmpl/value.hh"

namespace taut::gotmpl {

// Thrown by Heap and the evaluator when a limit is passed; the public entry points of this room turn it into an Error
// of Code::kLimit.
struct LimitPassed {
  const char* what;
};

class Heap {
 public:
  explicit Heap(size_t limit = size_t{1} << 30) : limit_(limit) {}
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap();

  // Uninitialized memory, aligned to 8 bytes. Throws LimitPassed.
  void* take(size_t bytes);
  size_t used() const { return used_; }

  // A copy of the text.
  std::string_view copy(std::string_view text);
  Value text(std::string_view text) { return Value::text(copy(text)); }
  Value bytes(std::string_view bytes) { return Value::bytes(copy(bytes)); }
  Value complex(std::complex<double> number);

  List& list(size_t capacity = 0) { return list(types::kList, capacity); }
  List& list(const Type& type, size_t capacity = 0);
  Map& map(size_t capacity = 0) { return map(types::kMap, capacity); }
  Map& map(const Type& type, size_t capacity = 0);
  // Fields that are not given are nil. `data` must live as long as the Heap, see `keep`.
  Struct& object(const Type& type, std::initializer_list<Value> fields = {}, const void* data = nullptr);
  Value time(const Moment& moment);
  // Go's zero value of a type: nil, false, 0, "", a nil list or map.
  Value zero(const Type& type);

  // The document as a Value, without copying it; the Heap keeps it alive.
  Value wrap(const taut::Value& document, Numbers numbers = Numbers::kInt64);

  // Who is told of reads and writes of what is watched; nullptr: nobody.
  void watch(Watch* watch) { watch_ = watch; }
  Watch* watch() const { return watch_; }

  // Keeps something alive as long as the Heap; returns what it holds.
  template <class T>
  T& keep(std::shared_ptr<T> owned) {
    T& out = *owned;
    kept_.push_back(std::const_pointer_cast<std::remove_const_t<T>>(std::move(owned)));
    return out;
  }

 private:
  friend class List;
  friend class Map;
  // Of a document that is kept already.
  Value view(const taut::Value& document, Numbers numbers);

  template <class T>
  T* take_array(size_t count) {
    return static_cast<T*>(take(count * sizeof(T)));
  }

  size_t limit_, used_ = 0;
  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t chunk_ = 0;
  Watch* watch_ = nullptr;
  std::vector<char*> chunks_;
  std::vector<std::shared_ptr<void>> kept_;
};

// A document with what the Value holds: lists, maps and structs, numbers, strings; bytes become base64 and times
// RFC 3339, as encoding/json has them. What is a document already is not copied. Cycles end at `depth` levels
// in an error.
Result<taut::Value> to_document(const Value& value, int depth = 1000);

}  // namespace taut::gotmpl
