#include "plan/field_owners.hh"

#include <fmt/format.h>

#include "value/json.hh"
#include "value/pointer.hh"

namespace taut::plan {
namespace {

class Walk {
 public:
  Walk(const FieldOwner& owner, std::map<std::string, std::vector<FieldOwner>>& out) : owner_(owner), out_(out) {}

  void run(const Value& fields, const Value& value, const std::string& pointer) {
    bool whole = fields.empty();
    if (whole) return own_all(value, pointer);
    for (const auto& [key, below] : fields.entries()) {
      std::string_view step = key.as_string();
      if (step == ".") {
        if (value.empty()) own(pointer);
      } else if (step.starts_with("f:")) {
        std::string_view name = step.substr(2);
        if (value.contains(name)) run(below, value[name], fmt::format("{}/{}", pointer, escape_pointer_step(name)));
      } else {
        item(step, below, value, pointer);
      }
    }
  }

 private:
  // k:{"name":"web"}, v:"text", i:0
  void item(std::string_view step, const Value& below, const Value& list, const std::string& pointer) {
    auto wanted = parse_json(step.substr(std::min<size_t>(2, step.size())));
    if (!wanted) return;
    for (size_t i = 0; i < list.items().size(); ++i) {
      const Value& candidate = list.items()[i];
      bool same = step[0] == 'v' ? candidate == *wanted : step[0] == 'i' ? wanted->as_int() == static_cast<int64_t>(i) : has_keys(candidate, *wanted);
      if (same) run(below, candidate, fmt::format("{}/{}", pointer, i));
    }
  }

  static bool has_keys(const Value& candidate, const Value& keys) {
    for (const auto& [key, value] : keys.entries()) {
      // `protocol` of a port is a key even where it stands only by default.
      bool defaulted = key.as_string() == "protocol" && !candidate.contains("protocol");
      if (!defaulted && candidate[key.as_string()] != value) return false;
    }
    return true;
  }

  void own_all(const Value& value, const std::string& pointer) {
    if (value.empty() || (!value.is_map() && !value.is_list())) return own(pointer);
    for (const auto& [key, item] : value.entries()) own_all(item, fmt::format("{}/{}", pointer, escape_pointer_step(key.as_string())));
    for (size_t i = 0; i < value.items().size(); ++i) own_all(value.items()[i], fmt::format("{}/{}", pointer, i));
  }

  void own(const std::string& pointer) {
    auto& owners = out_[pointer];
    if (owners.empty() || owners.back() != owner_) owners.push_back(owner_);
  }

  const FieldOwner& owner_;
  std::map<std::string, std::vector<FieldOwner>>& out_;
};

}  // namespace

std::map<std::string, std::vector<FieldOwner>> field_owners(const Value& object) {
  std::map<std::string, std::vector<FieldOwner>> out;
  for (const Value& entry : object["metadata"]["managedFields"].items()) {
    FieldOwner owner{entry["manager"].str(), entry["operation"].str(), entry["subresource"].str(), entry["time"].str()};
    if (!entry["fieldsV1"].empty()) Walk(owner, out).run(entry["fieldsV1"], object, "");
  }
  return out;
}

}  // namespace taut::plan
