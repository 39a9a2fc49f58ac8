// The values of a HelmRelease: those that spec.valuesFrom names, in its order, and spec.values over them
// (fluxcd/pkg/chartutil 1.x, ChartValuesFromReferences).
#pragma once

#include <functional>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::flux {

// A ConfigMap or Secret of the HelmRelease's namespace; kNotFound where there is none.
using FindValues = std::function<Result<Value>(const std::string& kind, const std::string& name)>;

// All numbers are doubles, as Helm has them. kInvalid in Flux's words: "could not resolve Secret chart values reference
// 'apps/web' with key 'values.yaml': key not found". What a Secret holds is never in an error.
Result<Value> compose_values(const Value& spec, const std::string& ns, const FindValues& find);

}  // namespace taut::flux
