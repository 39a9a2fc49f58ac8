// status.inventory.entries of a Kustomization: what it has applied.
#pragma once

#include <vector>

#include "engine/unit.hh"

namespace taut::flux {

// "<namespace>_<name>_<group>_<kind>", the colons of RBAC names written as "__" (cli-utils, object.ObjMetadata).
std::string inventory_id(const ObjectId& id);
// kInvalid for text that is no such id.
Result<ObjectId> parse_inventory_id(std::string_view id);

// The list of {id, v}, sorted by id.
Value write_inventory(const std::vector<engine::ResourceState>& resources);
// Entries that cannot be read are left out.
std::vector<engine::ResourceState> read_inventory(const Value& inventory);

}  // namespace taut::flux
