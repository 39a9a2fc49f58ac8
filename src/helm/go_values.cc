#include "helm/go_values.hh"

#include "lang/gotmpl/heap.hh"
#include "lang/gotmpl/print.hh"
#include "value/go_text.hh"

namespace taut::helm {

namespace {

bool holds_integer(const Value& value) {
  if (value.is_integer()) return true;
  for (const Value& item : value.items()) {
    if (holds_integer(item)) return true;
  }
  for (const Entry& entry : value.entries()) {
    if (holds_integer(entry.value)) return true;
  }
  return false;
}

}  // namespace

Value with_float_numbers(const Value& value) {
  if (value.is_integer()) return Value(value.as_double());
  if (value.is_list() && holds_integer(value)) {
    Value out = Value::list();
    out.reserve(value.size());
    for (const Value& item : value.items()) out.push_back(with_float_numbers(item));
    return out;
  }
  if (value.is_map() && holds_integer(value)) {
    Value out = Value::map();
    out.reserve(value.size());
    for (const Entry& entry : value.entries()) out.append_sorted(entry.name, with_float_numbers(entry.value));
    return out;
  }
  return value;
}

std::string_view go_type_name(const Value& value) { return value.is_null() ? "nil" : go_type(value); }

std::string go_text(const Value& value) {
  try {
    gotmpl::Heap heap;
    return gotmpl::to_text(heap.wrap(value));
  } catch (const gotmpl::LimitPassed& limit) {
    return fmt::format("(not shown: the limit on the {} was passed)", limit.what);
  }
}

std::string go_bad_bool(const Value& value) {
  gotmpl::Heap heap;
  try {
    gotmpl::Value argument = value.is_null() ? gotmpl::Value::nil() : heap.wrap(value);
    return gotmpl::sprintf("%t", {&argument, 1});
  } catch (const gotmpl::LimitPassed& limit) {
    return fmt::format("(not shown: the limit on the {} was passed)", limit.what);
  }
}

}  // namespace taut::helm
