// Which file and line each field of a rendered object comes from.
#pragma once

#include <string>
#include <vector>

#include "render/render.hh"

namespace taut::render {

struct FieldOrigin {
  std::string pointer;  // "/spec/replicas": of a scalar or an empty list or map
  Value value;
  std::string file;   // in the tree; "" when nobody can say
  uint32_t line = 0;  // 0 when it is not known
  std::string what;   // "as written", "patches[0]", "namePrefix", "template"
};

// Of each leaf of the object, in its order. `rendered` must come from `tree`, with RenderInput::trace for a
// kustomization or a chart. A field of a chart has its template and line; without a trace the line where that holds its key
// only once.
std::vector<FieldOrigin> field_origins(const Rendered& rendered, const RenderedObject& object, const Tree& tree);

// The pointers of the leaves of a value, in its order.
std::vector<std::string> leaf_pointers(const Value& value);

}  // namespace taut::render
