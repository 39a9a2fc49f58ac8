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

Informer::Known known_of(const Value& object) {
  const Value& metadata = object["metadata"];
  return {metadata["uid"].hash(), metadata["resourceVersion"].hash()};
}

WatchEvent event_of(Type type, Value object) { return {type, std::move(object), std::nullopt}; }

}  // namespace

WatchEvent Informer::deleted(const std::string& key) const {
  size_t slash = key.find('/');
  Value metadata = Value::map({{"name", key.substr(slash + 1)}});
  if (slash > 0) metadata.set("namespace", key.substr(0, slash));
  return event_of(Type::kDeleted, Value::map({{"apiVersion", api_version_}, {"kind", kind_}, {"metadata", metadata}}));
}

std::vector<WatchEvent> Informer::relist(std::vector<Value> items) {
  std::vector<WatchEvent> out;
  std::unordered_map<std::string, Known> now;
  now.reserve(items.size());
  for (const Value& item : items) now.emplace(key_of(item), known_of(item));
  for (const auto& [key, before] : known_) {
    auto found = now.find(key);
    if (found == now.end() || found->second.uid != before.uid) out.push_back(deleted(key));
  }
  for (Value& item : items) {
    const auto& [key, object] = *now.find(key_of(item));
    auto before = known_.find(key);
    if (before == known_.end() || before->second.uid != object.uid) {
      out.push_back(event_of(Type::kAdded, std::move(item)));
    } else if (before->second.version != object.version) {
      out.push_back(event_of(Type::kModified, std::move(item)));
    }
  }
  known_ = std::move(now);
  out.push_back(event_of(Type::kSynced, {}));
  return out;
}

std::optional<WatchEvent> Informer::seen(Value object) {
  auto [at, fresh] = known_.try_emplace(key_of(object));
  Known now = known_of(object);
  if (!fresh && at->second.version == now.version) return std::nullopt;
  at->second = now;
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
