// How Argo CD writes down a source and its revision: `source` and `revision`, or `sources` and `revisions` where there
// are several. Internal to the room.
#pragma once

#include <string>

#include "engine/unit.hh"
#include "value/value.hh"

namespace taut::argo {

// Of an object that holds them; a Source with a null `raw` when it holds none.
engine::Source source_in(const Value& holder);
std::string revision_in(const Value& holder);

// Whether an Application's spec names its sources in `sources`.
bool has_several(const Value& spec);
void set_source(Value& holder, const Value& raw);
// Nothing is set for an empty revision.
void set_revision(Value& holder, const std::string& revision, const Value& raw_source);

}  // namespace taut::argo
