// status.inventory of a HelmRelease: the objects of its release, and the definitions of its chart.
#pragma once

#include "dialect/flux/helm_work.hh"

namespace taut::flux {

// Written into the status of the work; what cannot be told is a warning and leaves it as it was.
void keep_inventory(HelmWork& work, const release::Release& release);

}  // namespace taut::flux
