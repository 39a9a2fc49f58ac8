// The Go types of .Values, .Files and .Capabilities, with their methods.
#pragma once

#include "lang/gotmpl/type.hh"

namespace taut::helm::types {

// map[string][]byte with Get, GetBytes, Glob, AsConfig, AsSecrets and Lines.
extern const gotmpl::Type kFiles;
// map[string]interface {} with YAML, Table, AsMap, PathValue and Encode: what .Values is, and the dot itself. A type
// that maps are named by (gotmpl::Map::name_type).
extern const gotmpl::Type kValues;
// []string with Has.
extern const gotmpl::Type kVersionSet;
extern const gotmpl::Type kKubeVersion;   // common.KubeVersion
extern const gotmpl::Type kCapabilities;  // *common.Capabilities
extern const gotmpl::Type kBuildInfo;     // version.BuildInfo

}  // namespace taut::helm::types
