#include "io/kube/informer.hh"

#include "io/kube/status.hh"
#include "value/json.hh"

namespace taut::kube {
namespace {

using Type = WatchEvent::Type;

std::string key_of(const Value& object) {
  std::string out(namespace_of(object));
  out += '/';
  out += name_of(object);
  return out;
}

WatchEvent event_of(Type type, Value object) { return {type, std::move(object), std::nullopt}; }

}  // namespace

std::vector<WatchEvent> Informer::relist(std::vector<Value> items) {
  std::vector<WatchEvent> out;
  std::unordered_map<std::string, Value> now;
  now.reserve(items.size());
  for (auto& item : items) now.emplace(key_of(item), std::move(item));
  for (const auto& [key, before] : known_) {
    auto found = now.find(key);
    if (found == now.end() || found->second["metadata"]["uid"] != before["metadata"]["uid"])
      out.push_back(event_of(Type::kDeleted, before));
  }
  for (const auto& [key, object] : now) {
    auto before = known_.find(key);
    if (before == known_.end() || before->second["metadata"]["uid"] != object["metadata"]["uid"]) {
      out.push_back(event_of(Type::kAdded, object));
    } else if (before->second["metadata"]["resourceVersion"] != object["metadata"]["resourceVersion"]) {
      out.push_back(event_of(Type::kModified, object));
    }
  }
  known_ = std::move(now);
  out.push_back(event_of(Type::kSynced, {}));
  return out;
}

std::optional<WatchEvent> Informer::seen(Value object) {
  auto [at, fresh] = known_.try_emplace(key_of(object));
  bool same = !fresh && at->second["metadata"]["resourceVersion"] == object["metadata"]["resourceVersion"];
  if (same) return std::nullopt;
  at->second = object;
  return event_of(fresh ? Type::kAdded : Type::kModified, std::move(object));
}

std::optional<WatchEvent> Informer::gone(Value object) {
  if (known_.erase(key_of(object)) == 0) return std::nullopt;
  return event_of(Type::kDeleted, std::move(object));
}

Informer::Step Informer::line(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) return {std::nullopt, std::move(parsed).error().while_doing("reading a watch event")};
  Value type = (*parsed)["type"];
  Value object = std::move(parsed->edit("object"));
  std::string_view name = type.as_string();
  if (name == "ERROR") return {std::nullopt, status_error(500, object)};
  if (const Value& version = object["metadata"]["resourceVersion"]; !version.empty())
    resource_version_ = version.str();
  if (name == "BOOKMARK") return {};
  if (!object.contains("apiVersion")) object.set("apiVersion", api_version_);
  if (!object.contains("kind")) object.set("kind", kind_);
  if (name == "ADDED" || name == "MODIFIED") return {seen(std::move(object)), std::nullopt};
  if (name == "DELETED") return {gone(std::move(object)), std::nullopt};
  return {std::nullopt, Error(Code::kInvalid, fmt::format("unable to understand watch event \"{}\"", name))};
}

}  // namespace taut::kube
