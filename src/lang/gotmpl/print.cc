#include "lang/gotmpl/print.hh"

#include <charconv>
#include <cmath>

#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/printer.hh"

namespace taut::gotmpl {
namespace {

constexpr int kMaxDepth = 10000;

constexpr int kMostComparisons = 2'000'000;

// Where a comparison is.
struct Comparison {
  int depth = 0;
  int left = kMostComparisons;
};

bool lists_equal(const List& a, const List& b, Comparison& at);
bool maps_equal(const Map& a, const Map& b, Comparison& at);
bool structs_equal(const Struct& a, const Struct& b, Comparison& at);

bool equal(const Value& a, const Value& b, Comparison& at) {
  if (at.depth > kMaxDepth || --at.left < 0) throw LimitPassed{"size of a value that is compared"};
  if (a.is_nil() || b.is_nil()) return a.is_nil() && b.is_nil();
  if (&a.type() != &b.type()) return false;
  switch (a.kind()) {
    case Kind::kFloat64: return a.as_real() == b.as_real();
    case Kind::kComplex128: return a.as_complex() == b.as_complex();
    case Kind::kString:
    case Kind::kBytes: return a.as_text() == b.as_text();
    case Kind::kList: return lists_equal(a.list(), b.list(), at);
    case Kind::kMap: return maps_equal(a.map(), b.map(), at);
    case Kind::kStruct: return structs_equal(a.object(), b.object(), at);
    default: return a.as_uint() == b.as_uint();
  }
}

bool lists_equal(const List& a, const List& b, Comparison& at) {
  if (&a == &b) return true;
  if (a.size() != b.size() || a.is_nil() != b.is_nil()) return false;
  ++at.depth;
  size_t i = 0;
  while (i < a.size() && equal(a.at(i), b.at(i), at)) ++i;
  --at.depth;
  return i == a.size();
}

bool maps_equal(const Map& a, const Map& b, Comparison& at) {
  if (&a == &b) return true;
  if (a.size() != b.size() || a.is_nil() != b.is_nil()) return false;
  ++at.depth;
  size_t i = 0;
  while (i < a.size() && a.key(i) == b.key(i) && equal(a.value(i), b.value(i), at)) ++i;
  --at.depth;
  return i == a.size();
}

bool same_moment(const Struct& a, const Struct& b) {
  const auto &x = a.data<Moment>(), &y = b.data<Moment>();
  return x.seconds == y.seconds && x.nanoseconds == y.nanoseconds && x.offset == y.offset && x.zone == y.zone;
}

// What a type keeps beside its fields is compared for times only; other structs with such data are the same or not.
bool structs_equal(const Struct& a, const Struct& b, Comparison& at) {
  if (&a == &b) return true;
  if (&a.type() == &types::kTime) return same_moment(a, b);
  size_t i = 0;
  ++at.depth;
  while (i < a.size() && equal(a.at(i), b.at(i), at)) ++i;
  --at.depth;
  return i == a.size() && a.size() != 0;
}

}  // namespace

void append_value(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::kString: out += value.as_text(); return;
    case Kind::kBool: out += value.as_bool() ? "true" : "false"; return;
    case Kind::kInt:
    case Kind::kInt64: {
      char buffer[24];
      out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value.as_int()).ptr);
      return;
    }
    default: Printer(out).argument(value, 'v');
  }
}

std::string to_text(const Value& value) {
  std::string out;
  append_value(out, value);
  return out;
}

std::string sprintf(std::string_view format, std::span<const Value> args) {
  std::string out;
  Printer(out).format(format, args);
  return out;
}

std::string sprint(std::span<const Value> args) {
  std::string out;
  Printer(out).print(args);
  return out;
}

std::string sprintln(std::span<const Value> args) {
  std::string out;
  Printer(out).print_line(args);
  return out;
}

std::string_view type_text(const Value& value) { return value.is_nil() ? "<nil>" : value.type().name; }

std::string_view kind_text(const Value& value) {
  if (value.is_struct() && value.type().pointer) return "ptr";
  return kind_name(value.kind());
}

bool truth(const Value& value) {
  switch (value.kind()) {
    case Kind::kInvalid:
    case Kind::kNil: return false;
    case Kind::kFloat64: return value.as_real() != 0;
    case Kind::kComplex128: return value.as_complex() != 0.0;
    case Kind::kString:
    case Kind::kBytes: return !value.as_text().empty();
    case Kind::kList: return !value.list().empty();
    case Kind::kMap: return !value.map().empty();
    case Kind::kStruct: return true;
    default: return value.as_uint() != 0;
  }
}

bool deep_equal(const Value& a, const Value& b) {
  constexpr uint64_t kWork = 20;
  Comparison at;
  const bool same = equal(a, b, at);
  const auto compared = static_cast<uint64_t>(kMostComparisons - at.left);
  if (a.is_list()) a.list().heap().work(compared * kWork);
  if (a.is_map()) a.map().heap().work(compared * kWork);
  return same;
}

}  // namespace taut::gotmpl
