#include "value/interner.hh"

#include <algorithm>

#include "base/hash.hh"

namespace taut {
namespace {

constexpr size_t kKeys = 1024;
constexpr size_t kFirstPlaces = 1 << 12;
// Times, versions, names of managers, revisions, URLs, messages; what is longer is seldom met twice.
constexpr size_t kShortest = 15, kLongest = 80;

bool is_worth_it(const Value& value) {
  if (value.is_string()) return value.size() >= kShortest && value.size() <= kLongest;
  return (value.is_list() || value.is_map()) && !value.empty();
}

}  // namespace

void Interner::clear() {
  std::lock_guard lock(mutex_);
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
  for (const Value& item : value.items()) out.push_back(find_or_keep(item));
  for (const Entry& entry : value.entries()) out.append_sorted(shared(entry.name), find_or_keep(entry.value));
  (void)out.hash();  // the node keeps it: most comparisons end there
  return out;
}

// More places, with what is in those there are.
void Interner::grow() {
  std::vector<Value> more(std::min(most_places_, std::max(kFirstPlaces, recent_.size() * 4)));
  for (Value& value : recent_)
    if (!value.is_null()) more[value.hash() % more.size()] = std::move(value);
  recent_ = std::move(more);
  keys_.resize(kKeys);
  kept_ = 0;
}

Value Interner::share(Value value) {
  if (!is_worth_it(value)) return value;
  std::lock_guard lock(mutex_);
  if (recent_.empty() || (kept_ > recent_.size() && recent_.size() < most_places_)) grow();
  return find_or_keep(std::move(value));
}

Value Interner::find_or_keep(Value value) {
  if (!is_worth_it(value)) return value;
  size_t hash = value.hash();
  if (const Value& seen = recent_[hash % recent_.size()]; seen == value) return seen;
  if (!value.is_string()) value = rebuilt(value);
  ++kept_;
  return recent_[hash % recent_.size()] = std::move(value);
}

}  // namespace taut
