#include "value/interner.hh"

namespace taut {
namespace {

// Times, versions, names of managers; what is longer (ids, images) is seldom met twice.
constexpr size_t kShortest = 15, kLongest = 24;

bool is_worth_it(const Value& value) {
  if (value.is_string()) return value.size() >= kShortest && value.size() <= kLongest;
  return (value.is_list() || value.is_map()) && !value.empty();
}

}  // namespace

void Interner::clear() {
  recent_.clear();
  recent_.shrink_to_fit();
}

Value Interner::rebuilt(const Value& value) {
  Value out = value.is_list() ? Value::list() : Value::map();
  out.reserve(value.size());
  for (const Value& item : value.items()) out.push_back(share(item));
  for (const Entry& entry : value.entries()) out.append_sorted(entry.name, share(entry.value));
  (void)out.hash();  // the node keeps it: most comparisons end there
  return out;
}

Value Interner::share(Value value) {
  if (!is_worth_it(value)) return value;
  if (recent_.empty()) recent_.resize(places_);
  Value& place = recent_[value.hash() % places_];
  if (place == value) return place;
  if (!value.is_string()) value = rebuilt(value);
  return place = std::move(value);
}

}  // namespace taut
