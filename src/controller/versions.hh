// Answers to writes and what a watch tells overtake each other.
#pragma once

#include "value/value.hh"

namespace taut::controller {

// Whether `object` is an earlier version of `held`: it is not to be taken in its place. Versions of one object can be
// compared as numbers (KEP 5504); false for another object of the same name, and where a version is no number.
bool older(const Value& object, const Value& held);

}  // namespace taut::controller
