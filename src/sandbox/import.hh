// Objects of another cluster, taken into an empty store as they are there.
//
// An object that a server wrote (it has a uid and a creationTimestamp) keeps everything: uid, owners, status,
// managedFields, times; only its resourceVersion is new. It is not admitted or validated again: it was, where it
// comes from. A plain manifest is created as a client's POST would create it. Nothing is dropped in silence: what is
// not in the copy, or not as it was, is in the report.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/import_report.hh"
#include "sandbox/writer.hh"

namespace taut::sandbox {

// Before anybody else writes or watches. Definitions come first, then namespaces, whatever the order given.
// Namespaces that objects are in but that are missing are made. Linear in the objects, but for the checks of
// manifests.
ImportReport import_objects(Cluster& cluster, Writer& writer, std::vector<Value> objects, SecretValues secrets);

// The object with its values replaced when it is a Secret: keys, type and metadata stay. The annotation in which
// kubectl keeps what was applied goes, as it repeats the values.
Value without_secret_values(Value object);

}  // namespace taut::sandbox
