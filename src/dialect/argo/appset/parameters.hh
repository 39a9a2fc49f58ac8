// Parameter sets: maps of what a generator found. Internal to the room.
#pragma once

#include "dialect/argo/appset/text.hh"
#include "value/value.hh"

namespace taut::argo::appset {

// {"a": {"b": [1]}} as {"a.b.0": "1"}, values as Go's %v prints them.
Value flattened(const Value& parameters);

// Adds the generator's `values`, each filled in with the parameters: as map `values` for Go's language, else as
// "values.NAME". They do not see each other.
Status add_values(const Value& values, Value& parameters, const Language& language);

// Go's path.Dir, path.Base and path.Match.
std::string folder_of(std::string_view path);
std::string base_of(std::string_view path);
bool path_matches(std::string_view pattern, std::string_view path);

// mergo.Merge with override, of maps: what `from` has wins, empty values and nulls too; maps are merged.
void merge_over(Value& into, const Value& from);
// mergo.Merge: `from` fills what is empty.
void merge_under(Value& into, const Value& from);

}  // namespace taut::argo::appset
