// What ApplicationSets add to Sprig's functions. Internal to the room.
#pragma once

#include "lang/gotmpl/function.hh"

namespace taut::argo::appset {

// Sprig without env, expandenv and getHostByName; normalize, slugify, toYaml, fromYaml, fromYamlArray.
const gotmpl::FunctionTable& functions();

}  // namespace taut::argo::appset
