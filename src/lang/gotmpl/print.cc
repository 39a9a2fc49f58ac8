#include "lang/gotmpl/print.hh"

#include <charconv>
#include <cmath>

#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/printer.hh"

namespace taut::gotmpl {
namespace {

constexpr int kMaxDepth = 10000;

bool lists_equal(const List& a, const List& b, int depth);
bool maps_equal(const Map& a, const Map& b, int depth);

bool equal(const Value& a, const Value& b, int depth) {
  if (depth > kMaxDepth) throw LimitPassed{"depth of a value that is compared"};
  if (a.is_nil() || b.is_nil()) return a.is_nil() && b.is_nil();
  if (&a.type() != &b.type()) return false;
  switch (a.kind()) {
    case Kind::kFloat64: return a.as_real() == b.as_real();
    case Kind::kComplex128: return a.as_complex() == b.as_complex();
    case Kind::kString:
    case Kind::kBytes: return a.as_text() == b.as_text();
    case Kind::kList: return lists_equal(a.list(), b.list(), depth + 1);
    case Kind::kMap: return maps_equal(a.map(), b.map(), depth + 1);
    case Kind::kStruct: break;
    default: return a.as_uint() == b.as_uint();
  }
  const Struct &x = a.object(), &y = b.object();
  if (&x == &y) return true;
  for (size_t i = 0; i < x.size(); ++i) {
    if (!equal(x.at(i), y.at(i), depth + 1)) return false;
  }
  return x.size() != 0;
}

bool lists_equal(const List& a, const List& b, int depth) {
  if (&a == &b) return true;
  if (a.size() != b.size() || a.is_nil() != b.is_nil()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!equal(a.at(i), b.at(i), depth)) return false;
  }
  return true;
}

bool maps_equal(const Map& a, const Map& b, int depth) {
  if (&a == &b) return true;
  if (a.size() != b.size() || a.is_nil() != b.is_nil()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a.key(i) != b.key(i) || !equal(a.value(i), b.value(i), depth)) return false;
  }
  return true;
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

bool deep_equal(const Value& a, const Value& b) { return equal(a, b, 0); }

}  // namespace taut::gotmpl
