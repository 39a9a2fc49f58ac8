// kustomization.yaml: found, read strictly, old fields brought into the new form, checked.
#pragma once

#include <functional>
#include <string>

#include "kustomize/loader.hh"
#include "value/value.hh"

namespace taut::kustomize {

struct Kustomization {
  Value fields;           // as types::kKustomization, with deprecated fields moved
  std::string file_name;  // "kustomization.yaml"

  const Value& operator[](std::string_view field) const { return fields[field]; }
  std::string_view text(std::string_view field) const { return fields[field].as_string(); }
  bool is_component() const { return text("kind") == "Component"; }
};

// Takes a line of warning, as it is printed.
using Warn = std::function<void(std::string)>;

// The kustomization of the loader's folder; deprecated fields are warned of, also when an error follows. kNotFound:
// "unable to find one of 'kustomization.yaml', ...".
Result<Kustomization> load_kustomization(const Loader& loader, const Warn& warn);

// From the text of a file; `folder` is named in messages.
Result<Kustomization> parse_kustomization(std::string_view text, std::string file_name, const std::string& folder, const Warn& warn);

}  // namespace taut::kustomize
