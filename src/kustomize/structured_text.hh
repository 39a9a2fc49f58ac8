// Texts that hold JSON or YAML: changing a value inside.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/result.hh"
#include "kustomize/field_path.hh"

namespace taut::kustomize {

// The text with the values at `path` changed by `visit`, in the form it had: compact or indented JSON, YAML trimmed.
// An error when nothing is there or the outcome cannot be written; whoever calls takes another way then.
Result<std::string> edit_structured_text(const std::string& text, std::span<const std::string> path, Create create,
                                         const Visit& visit);

}  // namespace taut::kustomize
