#include "dialect/flux/inventory.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"

namespace taut::flux {
namespace {

// Names of RBAC kinds may hold colons, which no other name may.
bool is_rbac(const ObjectId& id) { return id.group == "rbac.authorization.k8s.io"; }

}  // namespace

std::string inventory_id(const ObjectId& id) {
  std::string name = is_rbac(id) ? replace_all(id.name, ":", "__") : id.name;
  return fmt::format("{}_{}_{}_{}", id.ns, name, id.group, id.kind);
}

// Read from both ends, as the name of an RBAC kind holds underscores of its own.
Result<ObjectId> parse_inventory_id(std::string_view text) {
  size_t first = text.find('_'), last = text.rfind('_');
  size_t middle = last == std::string_view::npos || last == 0 ? std::string_view::npos : text.rfind('_', last - 1);
  if (first == std::string_view::npos || middle == std::string_view::npos || middle <= first)
    return fail(Code::kInvalid, "unable to parse stored object metadata: {}", text);
  ObjectId id;
  id.ns = text.substr(0, first);
  id.name = text.substr(first + 1, middle - first - 1);
  id.group = text.substr(middle + 1, last - middle - 1);
  id.kind = text.substr(last + 1);
  if (is_rbac(id)) id.name = replace_all(id.name, "__", ":");
  return id;
}

Value write_inventory(const std::vector<engine::ResourceState>& resources) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& resource : resources)
    if (!resource.hook) entries.emplace_back(inventory_id(resource.id), resource.gvk.version);
  std::ranges::sort(entries);
  Value out = Value::list();
  for (const auto& [id, version] : entries) out.push_back(Value::map({{"id", id}, {"v", version}}));
  return out;
}

std::vector<engine::ResourceState> read_inventory(const Value& inventory) {
  std::vector<engine::ResourceState> out;
  for (const Value& entry : inventory["entries"].items()) {
    auto id = parse_inventory_id(entry["id"].as_string());
    if (!id) continue;
    engine::ResourceState resource;
    resource.gvk = {id->group, entry["v"].str(), id->kind};
    resource.id = std::move(*id);
    out.push_back(std::move(resource));
  }
  return out;
}

}  // namespace taut::flux
