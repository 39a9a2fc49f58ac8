#include "plan/compare.hh"

#include <algorithm>
#include <array>

#include "base/base64.hh"
#include "object/quantity.hh"
#include "plan/managed_fields.hh"
#include "smd/last_applied.hh"
#include "value/json.hh"

namespace taut::plan {
namespace {

constexpr std::array<std::string_view, 8> kServerMetadata = {
    "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation",
    "managedFields",     "resourceVersion",            "selfLink",          "uid"};

// Both are quantities of the same amount: "1000m" and 1.
bool same_quantity(const Value& a, const Value& b) {
  auto read = [](const Value& value) { return Quantity::parse(value.is_string() ? value.str() : to_json(value)); };
  if (!(a.is_string() || a.is_number()) || !(b.is_string() || b.is_number())) return false;
  auto x = read(a), y = read(b);
  return x && y && *x == *y;
}

// Where quantities stand: below one of these maps, or in a field of one of these names.
constexpr std::array<std::string_view, 8> kQuantityMaps = {"limits",  "requests",       "capacity", "hard",
                                                           "default", "defaultRequest", "min",      "max"};
constexpr std::array<std::string_view, 4> kQuantityFields = {"sizeLimit", "divisor", "averageValue", "value"};

bool is_quantity_place(const std::vector<std::string>& elements) {
  if (elements.empty()) return false;
  auto named = [&](size_t from_end, const auto& names) {
    if (elements.size() < from_end) return false;
    std::string_view element = elements[elements.size() - from_end];
    return element.starts_with("f:") && std::ranges::find(names, element.substr(2)) != names.end();
  };
  return named(2, kQuantityMaps) || named(1, kQuantityFields);
}

bool is_empty(const Value& value) {
  return value.is_null() || ((value.is_map() || value.is_list()) && value.empty());
}

// A place in the object: as people read it and as FieldsV1 names it.
struct Place {
  std::string text;
  std::vector<std::string> elements;
};

class Comparer {
 public:
  Comparer(const Value& desired, const Value& live, const CompareOptions& options)
      : desired_(desired), live_(live), options_(options), managed_(live) {}

  std::vector<FieldChange> run() {
    for (const auto& [name, value] : desired_.entries()) {
      std::string_view key = name.as_string();
      if (key == "apiVersion" || key == "kind" || key == "status") continue;
      field(key, value, live_, options_.baseline, managed_.all(), key == "metadata");
    }
    if (Value mine = managed_.applied_by(options_.manager); mine.is_map())
      leftovers(mine, desired_, live_);
    else if (auto last = parse_json(annotation_of(live_, smd::kLastAppliedAnnotation)); last && last->is_map())
      forgotten(*last, desired_, live_, managed_.all());
    mask_secret();
    return std::move(changes_);
  }

 private:
  void field(std::string_view key, const Value& wanted, const Value& live_parent, const Value& baseline_parent,
             const Value& owned_parent, bool metadata = false) {
    std::string element = fmt::format("f:{}", key);
    const Value& owned = owned_parent[element];
    size_t length = enter(key, std::move(element));
    const Value* live = live_parent.find(key);
    if (metadata)
      metadata_fields(wanted, live ? *live : kNull, baseline_parent[key], owned);
    else if (live || !is_empty(wanted))
      value(wanted, live ? *live : kNull, baseline_parent[key], owned);
    leave(length);
  }

  void metadata_fields(const Value& wanted, const Value& live, const Value& baseline, const Value& owned) {
    for (const auto& [name, child] : wanted.entries()) {
      std::string_view key = name.as_string();
      if (std::ranges::find(kServerMetadata, key) != kServerMetadata.end()) continue;
      if (key == "name" || key == "namespace" || key == "generateName") continue;
      field(key, child, live, baseline, owned);
    }
  }

  void value(const Value& wanted, const Value& live, const Value& baseline, const Value& owned) {
    if (wanted.same(live)) return;
    if (wanted.is_map() && live.is_map()) {
      for (const auto& [name, child] : wanted.entries()) field(name.as_string(), child, live, baseline, owned);
    } else if (wanted.is_list() && live.is_list()) {
      list(wanted, live, baseline, owned);
    } else if (wanted != live && !server_form(wanted, live, baseline)) {
      note(live, wanted);
    }
  }

  // The same scalar in the server's own writing.
  bool server_form(const Value& wanted, const Value& live, const Value& baseline) const {
    if (!live.is_null() && !baseline.is_null() && baseline == live) return true;
    if (wanted.is_null() || live.is_null()) return is_empty(wanted) && is_empty(live);
    return is_quantity_place(place_.elements) && same_quantity(wanted, live);
  }

  void list(const Value& wanted, const Value& live, const Value& baseline, const Value& owned) {
    if (auto keys = list_keys(owned); !keys.empty()) return keyed_list(wanted, live, baseline, owned, keys);
    if (is_set(owned)) return set_list(wanted, live);
    if (wanted.size() != live.size()) {
      if (!(!baseline.is_null() && baseline == live)) note(live, wanted);
      return;
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
      size_t length = enter_item(fmt::format("[{}]", i), fmt::format("i:{}", i));
      value(wanted[i], live[i], baseline[i], kNull);
      leave(length);
    }
  }

  void set_list(const Value& wanted, const Value& live) {
    auto items = live.items();
    for (const Value& item : wanted.items())
      if (std::ranges::find(items, item) == items.end()) return note(live, wanted);
  }

  void keyed_list(const Value& wanted, const Value& live, const Value& baseline, const Value& owned,
                  const std::vector<std::string>& keys) {
    for (const Value& item : wanted.items()) {
      const Value* match = find_item(live, item, keys);
      std::string shown = fmt::format("[{}={}]", keys.back(), scalar_text(item[keys.back()]));
      if (keys.size() > 1 && item.contains("name")) shown = fmt::format("[name={}]", scalar_text(item["name"]));
      std::string element = match ? key_element(*match, keys) : key_element(item, keys);
      size_t length = enter_item(shown, element);
      if (!match) {
        note(nullptr, item);
      } else {
        const Value* base = find_item(baseline, item, keys);
        value(item, *match, base ? *base : kNull, owned[element]);
      }
      leave(length);
    }
  }

  // The live item with the same keys; a key that the wanted item leaves out is one that the server defaults.
  static const Value* find_item(const Value& list, const Value& item, const std::vector<std::string>& keys) {
    for (const Value& candidate : list.items()) {
      bool equal = std::ranges::all_of(
          keys, [&](const auto& key) { return !item.contains(key) || item[key] == candidate[key]; });
      if (equal) return &candidate;
    }
    return nullptr;
  }

  static std::string key_element(const Value& item, const std::vector<std::string>& keys) {
    Value key = Value::map();
    for (const auto& name : keys)
      if (item.contains(name)) key.set(name, item[name]);
    return "k:" + to_json(key);
  }

  // Fields that this manager applied before, that are not wanted any more, and that nobody else owns.
  void leftovers(const Value& mine, const Value& wanted, const Value& live) {
    for (const auto& [name, child] : mine.entries()) {
      std::string_view element = name.as_string();
      if (element == "." || (place_.elements.empty() && element == "f:status")) continue;
      const Value* there = member(live, element);
      if (!there) continue;
      const Value* still = member(wanted, element);
      size_t length = 0;
      if (element.starts_with("f:"))
        length = enter(element.substr(2), std::string(element));
      else
        length = enter_item(fmt::format("[{}]", element.substr(2)), std::string(element));
      bool whole = (child.empty() || child.contains(".")) &&
                   managed_.owners(place_.elements, options_.manager, true).empty();
      if (still && !still->is_null())
        leftovers(child, *still, *there);
      else if (still && is_empty(*there))
        ;  // null is asked for, and nothing is there
      else if (whole)
        note(*there, nullptr);
      else
        leftovers(child, kNull, *there);
      leave(length);
    }
  }

  // What kubectl applied on the client's side, that is not wanted any more and is still there. Lists without keys are
  // compared as a whole elsewhere.
  void forgotten(const Value& last, const Value& wanted, const Value& live, const Value& owned) {
    if (last.is_list()) return forgotten_items(last, wanted, live, owned);
    for (const Entry& entry : last.entries()) {
      bool top = place_.elements.empty() && (entry.key() == "apiVersion" || entry.key() == "kind" || entry.key() == "status");
      const Value* there = live.find(entry.key());
      if (top || !there || is_empty(entry.value)) continue;
      const Value* still = wanted.find(entry.key());
      bool gone = !still || still->is_null();
      std::string element = fmt::format("f:{}", entry.key());
      const Value& below = owned[element];
      size_t length = enter(entry.key(), std::move(element));
      bool containers = (entry.value.is_map() && there->is_map()) || (entry.value.is_list() && there->is_list() && !list_keys(below).empty());
      if (containers)
        forgotten(entry.value, gone ? kNull : *still, *there, below);
      else if (gone && !is_server_metadata() && !is_another_s())
        note(*there, nullptr);
      leave(length);
    }
  }

  void forgotten_items(const Value& last, const Value& wanted, const Value& live, const Value& owned) {
    auto keys = list_keys(owned);
    for (const Value& item : last.items()) {
      const Value* there = item.is_map() ? find_item(live, item, keys) : nullptr;
      if (!there) continue;
      const Value* still = find_item(wanted, item, keys);
      std::string element = key_element(*there, keys);
      size_t length = enter_item(fmt::format("[{}]", element.substr(2)), element);
      if (still)
        forgotten(item, *still, *there, owned[element]);
      else if (!is_another_s())
        note(*there, nullptr);
      leave(length);
    }
  }

  // Somebody else has the field now, and would keep it.
  bool is_another_s() const {
    auto owners = managed_.owners(place_.elements, options_.manager);
    return std::ranges::any_of(owners, [](const std::string& owner) { return owner != "kubectl-client-side-apply"; });
  }

  // What a FieldsV1 element names inside a value.
  static const Value* member(const Value& value, std::string_view element) {
    if (element.starts_with("f:")) return value.find(element.substr(2));
    auto wanted = parse_json(element.substr(2));
    if (!wanted) return nullptr;
    for (const Value& item : value.items()) {
      if (element.starts_with("v:") && item == *wanted) return &item;
      if (!element.starts_with("k:")) continue;
      bool equal = std::ranges::all_of(wanted->entries(), [&](const auto& key) {
        return !item.contains(key.key()) || item[key.key()] == key.value;
      });
      if (equal && item.is_map()) return &item;
    }
    return nullptr;
  }

  // ".metadata.namespace" and the like: where an object is, and what the server alone says of it.
  bool is_server_metadata() const {
    if (place_.elements.size() != 2 || place_.elements[0] != "f:metadata") return false;
    std::string_view field = std::string_view(place_.elements[1]).substr(2);
    return field == "namespace" || field == "name" || std::ranges::find(kServerMetadata, field) != kServerMetadata.end();
  }

  void note(const Value& before, const Value& after) {
    auto owners = managed_.owners(place_.elements);
    changes_.push_back({place_.text, before, after, owners.empty() ? std::string() : owners.front()});
  }

  size_t enter(std::string_view key, std::string element) {
    size_t length = place_.text.size();
    bool plain = std::ranges::all_of(key, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; });
    place_.text += plain ? fmt::format(".{}", key) : fmt::format("[\"{}\"]", key);
    place_.elements.push_back(std::move(element));
    return length;
  }
  size_t enter_item(std::string_view shown, std::string element) {
    size_t length = place_.text.size();
    place_.text += shown;
    place_.elements.push_back(std::move(element));
    return length;
  }
  void leave(size_t length) {
    place_.text.resize(length);
    place_.elements.pop_back();
  }

  static std::string scalar_text(const Value& value) { return value.is_string() ? value.str() : to_json(value); }

  // Argo CD shows that two secret values differ without showing them (HideSecretData).
  void mask_secret() {
    if (desired_["kind"].as_string() != "Secret" || !Gvk::of(desired_).group.empty()) return;
    for (FieldChange& change : changes_) {
      if (!change.path.starts_with(".data")) continue;
      if (!change.before.is_null()) change.before = "++++++++";
      if (!change.after.is_null()) change.after = change.before.is_null() ? "++++++++" : "+++++++++";
    }
  }

  static inline const Value kNull{};
  const Value& desired_;
  const Value& live_;
  const CompareOptions& options_;
  ManagedFields managed_;
  Place place_;
  std::vector<FieldChange> changes_;
};

}  // namespace

std::vector<FieldChange> compare(const Value& desired, const Value& live, const CompareOptions& options) {
  return Comparer(desired, live, options).run();
}

Value normalized(Value desired) {
  desired.erase("status");
  if (desired["metadata"].contains("creationTimestamp")) desired.edit("metadata").erase("creationTimestamp");
  if (desired["kind"].as_string() != "Secret" || !Gvk::of(desired).group.empty()) return desired;
  if (const Value* text = desired.find("stringData"); text && text->is_map()) {
    Value plain = *text;
    for (const auto& [name, value] : plain.entries())
      desired.edit("data").set(name.as_string(), base64_encode(value.as_string()));
  }
  desired.erase("stringData");
  return desired;
}

}  // namespace taut::plan
