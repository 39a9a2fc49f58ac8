// *semver.Version in templates: the result of semver, with its methods.
#pragma once

#include "base/semver.hh"
#include "lang/gotmpl/heap.hh"

namespace taut::gotmpl {

Value semver_value(Heap& heap, Version version);

}  // namespace taut::gotmpl
