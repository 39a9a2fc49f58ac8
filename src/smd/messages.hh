// The API server's wording around a merge.
#pragma once

#include <string>
#include <vector>

#include "smd/smd.hh"

namespace taut::smd {

// "apps/v1, Kind=Deployment"; "/v1, Kind=Pod" for the core group.
std::string kind_text(const Value& object);
// "default/web; apps/v1, Kind=Deployment"; the namespace is empty where the object has none.
std::string object_text(const Value& object);
// 409 with a cause for each field; conflicts are grouped by manager.
Refusal conflict_refusal(const std::vector<Conflict>& conflicts);

}  // namespace taut::smd
