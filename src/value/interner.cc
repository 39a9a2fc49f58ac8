#include "value/interner.hh"

#include "base/hash.hh"

namespace taut {
namespace {

constexpr size_t kKeys = 1024;
// Times, versions, names of managers; what is longer (ids, images) is seldom met twice.
constexpr size_t kShortest = 15, kLongest = 24;

bool is_worth_it(const Value& value) {
  if (value.is_string()) return value.size() >= kShortest && value.size() <= kLongest;
  return (value.is_list() || value.is_map()) && !value.empty();
}

}  // namespace

void Interner::clear() {
  recent_ = {};
  keys_ = {};
}

Key Interner::shared(const Key& key) {
  Key& place = keys_[hash64(key.as_string()) % kKeys];
  if (!(place == key)) place = key;
  return place;
}

Value Interner::rebuilt(const Value& value) {
  Value out = value.is_list() ? Value::list() : Value::map();
  out.reserve(value.size());
  for (const Value& item : value.items()) out.push_back(share(item));
  for (const Entry& entry : value.entries()) out.append_sorted(shared(entry.name), share(entry.value));
  (void)out.hash();  // the node keeps it: most comparisons end there
  return out;
}

Value Interner::share(Value value) {
  if (!is_worth_it(value)) return value;
  if (recent_.empty()) {
    recent_.resize(places_);
    keys_.resize(kKeys);
  }
  Value& place = recent_[value.hash() % places_];
  if (place == value) return place;
  if (!value.is_string()) value = rebuilt(value);
  return place = std::move(value);
}

}  // namespace taut
