// ControllerRevisions: the history of templates of StatefulSets and DaemonSets.
#pragma once

#include <string>
#include <vector>

#include "value/value.hh"

namespace taut::sandbox::workloads {

inline constexpr std::string_view kRevisionLabel = "controller-revision-hash";

// The content of a revision of `owner`'s present template, as a patch that restores it.
Value revision_data(const Value& owner);
// The revision to be made for it: numbered after `existing`, named by the owner and a hash of the data.
Value new_revision(const Value& owner, const std::vector<Value>& existing);
// The one of `existing` whose data is that of the owner's present template; null when there is none.
Value matching_revision(const Value& owner, const std::vector<Value>& existing);
// The hash part of a revision's name.
std::string revision_hash(const Value& revision);
// Those that nothing uses, oldest first, beyond `limit`.
std::vector<Value> surplus_revisions(std::vector<Value> existing, const std::vector<std::string>& live, int64_t limit);

}  // namespace taut::sandbox::workloads
