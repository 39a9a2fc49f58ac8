#include "smd/managed_fields.hh"

#include <algorithm>
#include <tuple>

namespace taut::smd {
namespace {

// Seconds since the epoch; 0 for a time that is missing or cannot be read.
int64_t seconds(const Value& time) {
  auto parsed = parse_rfc3339(time.as_string());
  if (!parsed) return 0;
  return std::chrono::duration_cast<std::chrono::seconds>(parsed->time_since_epoch()).count();
}

Status check(const Value& entry, size_t index) {
  std::string_view operation = entry["operation"].as_string();
  if (operation != "Apply" && operation != "Update")
    return fail(Code::kInvalid, "operation must be `Apply` or `Update`");
  if (entry["apiVersion"].as_string().empty()) return fail(Code::kInvalid, "apiVersion must not be empty");
  std::string_view type = entry["fieldsType"].as_string();
  if (type.empty()) return fail(Code::kInvalid, "missing fieldsType in managed fields entry {}", index);
  if (type != "FieldsV1")
    return fail(Code::kInvalid, "invalid fieldsType \"{}\" in managed fields entry {}", type, index);
  return {};
}

}  // namespace

Result<ManagedFields> decode_managed_fields(const Value& entries) {
  ManagedFields out;
  for (size_t i = 0; i < entries.items().size(); ++i) {
    const Value& entry = entries[i];
    TAUT_TRY(check(entry, i));
    TAUT_ASSIGN(Set set, Set::decode(entry["fieldsV1"]));
    Owned owned{std::move(set), entry["apiVersion"].str(), entry["operation"].as_string() == "Apply", entry["time"]};
    ManagerId id{entry["manager"].str(), entry["operation"].str(), owned.applied ? "" : owned.api_version,
                 entry["subresource"].str()};
    out.insert_or_assign(std::move(id), std::move(owned));
  }
  return out;
}

Value encode_managed_fields(const ManagedFields& managers) {
  if (managers.empty()) return {};
  std::vector<Value> entries;
  for (const auto& [id, owned] : managers) {
    Value entry = Value::map({{"apiVersion", owned.api_version}, {"fieldsType", "FieldsV1"}});
    entry.set("fieldsV1", owned.set.encode());
    if (!id.manager.empty()) entry.set("manager", id.manager);
    entry.set("operation", owned.applied ? "Apply" : id.operation);
    if (!id.subresource.empty()) entry.set("subresource", id.subresource);
    if (!owned.time.is_null()) entry.set("time", owned.time);
    entries.push_back(std::move(entry));
  }
  auto rank = [](const Value& e) {
    return std::make_tuple(e["operation"].as_string(), seconds(e["time"]), e["manager"].as_string(),
                           e["apiVersion"].as_string(), e["subresource"].as_string());
  };
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const Value& a, const Value& b) { return rank(a) < rank(b); });
  Value out = Value::list();
  for (Value& entry : entries) out.push_back(std::move(entry));
  return out;
}

void cap_update_managers(ManagedFields& managers, size_t limit) {
  std::vector<ManagerId> updaters;
  for (const auto& [id, owned] : managers)
    if (!owned.applied) updaters.push_back(id);
  std::stable_sort(updaters.begin(), updaters.end(), [&](const ManagerId& a, const ManagerId& b) {
    return seconds(managers.at(a).time) < seconds(managers.at(b).time);
  });

  std::map<std::string, ManagerId> first_of_version;
  size_t left = updaters.size();
  for (size_t i = 0; i < updaters.size() && left > limit; ++i) {
    Owned owned = managers.at(updaters[i]);
    auto [first, is_first] = first_of_version.try_emplace(owned.api_version, updaters[i]);
    if (is_first) continue;
    // The second of a version makes the bucket, out of the first one's fields; later ones join it.
    ManagerId bucket{"ancient-changes", "Update", owned.api_version, ""};
    if (!managers.contains(bucket)) {
      Owned oldest = managers.at(first->second);
      managers.erase(first->second);
      managers[bucket] = std::move(oldest);
    }
    Owned& folded = managers[bucket];
    folded.set = owned.set.united(folded.set);
    folded.time = owned.time;
    managers.erase(updaters[i]);
    --left;
  }
}

}  // namespace taut::smd
