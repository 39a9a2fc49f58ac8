// What the functions have in common: Go's conversions of template values.
#pragma once

#include <string>
#include <string_view>

#include "lang/gotmpl/function.hh"

namespace taut::gotmpl::funcs {

// sprig's strval: strings and bytes as they are, all else as %v prints it. Lives as long as the heap.
std::string_view text_of(Heap& heap, const Value& value);

// sprig's empty: as the truth of a template, but structs are never empty.
bool is_empty(const Value& value);

// spf13/cast 1.7.0: ToInt64 and ToFloat64 without their errors. "0x10" is 16, "1.0" is 1, what does not convert is 0.
int64_t cast_int(const Value& value);
double cast_float(const Value& value);

// The elements of a slice of any type.
class Items {
 public:
  // Go's text for anything else: `before`, its kind, `after`. For nil it is that of a nil pointer.
  static Result<Items> of(const Value& value, std::string_view before, std::string_view after = {});

  size_t size() const { return value_.is_list() ? value_.list().size() : value_.as_text().size(); }
  Value operator[](size_t index) const {
    return value_.is_list() ? value_.list().at(index) : Value::uint8(static_cast<uint8_t>(value_.as_text()[index]));
  }
  const Value& value() const { return value_; }

 private:
  explicit Items(const Value& value) : value_(value) {}
  Value value_;
};

// sprig's strslice: the texts of a list without its nils; of anything else its own.
List& texts_of(Heap& heap, const Value& value);

// A slice that is nil: it is empty, and null in JSON.
inline Value nil_list(Heap& heap, const Type& type = types::kList) { return heap.zero(type); }

// A []string of texts that are borrowed.
template <class Texts>
Value strings(Heap& heap, const Texts& texts) {
  List& out = heap.list(types::kStrings, texts.size());
  for (std::string_view text : texts) out.push(Value::text(text));
  return Value(&out);
}

// What Go says of a slice expression on a string: "slice bounds out of range [63:5]".
Failure bounds_fault(std::string_view range);

inline Failure go_failure(std::string_view message) { return Failure(Error(Code::kInvalid, std::string(message))); }

}  // namespace taut::gotmpl::funcs
