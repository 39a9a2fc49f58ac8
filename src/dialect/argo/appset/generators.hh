// The generators of an ApplicationSet: what each gives, as parameter sets (applicationset/generators, Argo CD 3.5).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hh"
#include "dialect/argo/appset/text.hh"
#include "value/value.hh"

namespace taut::argo::appset {

// What generators ask for. Calls may block.
class World {
 public:
  virtual ~World() = default;
  // Every folder of a repository at a revision, sorted; none whose name, or a part of it, begins with a dot.
  virtual Result<std::vector<std::string>> folders(const std::string& repo, const std::string& revision) = 0;
  // The files that a glob names, with their text.
  virtual Result<std::map<std::string, std::string>> files(const std::string& repo, const std::string& revision,
                                                           const std::string& pattern) = 0;
  // The Secrets of clusters in the control namespace.
  virtual Result<std::vector<Value>> cluster_secrets() = 0;
  // kNotFound if there is no such AppProject.
  virtual Status project(const std::string& name) = 0;
};

using ParameterSets = std::vector<Value>;

// What one generator made, and the template it is for: the ApplicationSet's with the generator's own laid over it.
struct Generated {
  ParameterSets parameters;
  Value application;  // {metadata, spec}
};

// Runs one item of `spec.generators`: list, clusters, git, matrix, merge; its selector is applied. kUnsupported for
// kinds that taut does not run, kInvalid in Argo CD's words for the rest.
Result<std::vector<Generated>> generate(const Value& generator, const Value& application_set, World& world);

}  // namespace taut::argo::appset
