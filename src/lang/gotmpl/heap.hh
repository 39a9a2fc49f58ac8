// The memory of one render: what templates make is taken from it piece by piece and freed as a whole.
//
// This is why Values need no counting and maps may refer to themselves. A limit stops templates that grow without
// end. Not thread-safe: one render, one Heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hh"
#include "lang/gotmpl/value.hh"

namespace taut::gotmpl {

// Thrown by Heap and the evaluator when a limit is passed; the public entry points of this room turn it into an Error
// of Code::kLimit.
struct LimitPassed {
  std::string what;  // "the limit on the ... was passed"
};

// The longest text that a function makes; an object that Kubernetes takes has at most 3 MB.
inline constexpr size_t kLongestText = size_t{32} << 20;
inline void check_text_size(size_t bytes) {
  if (bytes > kLongestText) throw LimitPassed{"size of a text (32 MiB)"};
}

// What one render may take: helm has no such limits, the largest charts known need a tenth of it.
struct HeapLimits {
  size_t memory = size_t{512} << 20;
  uint64_t work = 4'000'000'000;  // nanoseconds of functions, as estimated by what they are given
};

class Heap {
 public:
  explicit Heap(HeapLimits limits = {}) : limits_(limits), work_left_(limits.work) {}
  explicit Heap(size_t memory) : Heap(HeapLimits{.memory = memory}) {}
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap();

  // Uninitialized memory, aligned to 8 bytes. Throws LimitPassed.
  void* take(size_t bytes);
  size_t used() const { return used_; }
  // Counts memory that others take for as long as the heap is there. Throws LimitPassed.
  void charge(size_t bytes);
  // Counts the work that a function is about to do, or has done: about a unit a nanosecond. Throws LimitPassed.
  void work(uint64_t units) {
    if (units > work_left_) throw LimitPassed{"work of functions"};
    work_left_ -= units;
  }
  uint64_t worked() const { return limits_.work - work_left_; }

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
    charge(sizeof(T) + kOwner);
    T& out = *owned;
    kept_.push_back(std::const_pointer_cast<std::remove_const_t<T>>(std::move(owned)));
    return out;
  }

 private:
  friend class List;
  friend class Map;
  // Of a document that is kept already.
  Value view(const taut::Value& document, Numbers numbers);

  static constexpr size_t kOwner = 48;  // what a shared pointer takes, with its counts

  template <class T>
  T* take_array(size_t count) {
    return static_cast<T*>(take(count * sizeof(T)));
  }

  const HeapLimits limits_;
  size_t used_ = 0;
  uint64_t work_left_;
  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t chunk_ = 0;
  Watch* watch_ = nullptr;
  std::vector<char*> chunks_;
  std::vector<std::shared_ptr<void>> kept_;
};

// A document with what the Value holds: lists, maps and structs, numbers, strings; bytes become base64 and times
// RFC 3339, as encoding/json has them. What is a document already is not copied. Cycles end at `depth` levels
// in an error. Throws LimitPassed for more than 64 MiB, written.
Result<taut::Value> to_document(const Value& value, int depth = 1000);

}  // namespace taut::gotmpl
