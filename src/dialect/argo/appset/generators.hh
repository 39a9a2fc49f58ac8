// The generators of an ApplicationSet: what each gives, as parameter sets (applicationset/generators, Argo CD 3.5).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hh"
#include "base/time.hh"
#include "dialect/argo/appset/text.hh"
#include "port/scm.hh"
#include "value/value.hh"

namespace taut::argo::appset {

// A plugin's service (ApplicationSet plugin generators).
struct PluginCall {
  std::string url;    // base URL
  std::string token;
  Value request;      // {applicationSetName, input}
  Duration timeout{};
};

// Which servers of repositories may be asked, and with which Secrets (applicationsetcontroller.* of argocd-cmd-params-cm).
struct ScmRules {
  bool enabled = true;               // enable.scm.providers
  std::vector<std::string> allowed;  // allowed.scm.providers: API URLs; empty: all
  bool strict_tokens = false;        // enable.tokenref.strict.mode: only Secrets of type scm-creds
};

// Servers of repositories, plugins and other objects of the control namespace.
class Outside {
 public:
  virtual ~Outside() = default;
  virtual Result<std::shared_ptr<Scm>> scm(const ScmAccount& account) = 0;
  virtual const ScmRules& scm_rules() const = 0;
  // A Secret of the control namespace.
  virtual Result<Value> secret(const std::string& name) = 0;
  // The GitHub App that a Secret holds, as Argo CD's repositories have it.
  virtual Result<GitHubApp> github_app(const std::string& secret) = 0;
  virtual Result<Value> config_map(const std::string& name) = 0;
  virtual Result<Value> call_plugin(const PluginCall& call) = 0;
  // Objects of a resource by its plural; `name` empty for all that the selector selects.
  virtual Result<std::vector<Value>> objects(const std::string& api_version, const std::string& plural, const std::string& name,
                                             const std::string& label_selector) = 0;
};

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
  // What lies outside Git and the clusters; kUnsupported where nobody can be asked.
  virtual Outside* outside() { return nullptr; }
};

using ParameterSets = std::vector<Value>;

// What one generator made, and the template it is for: the ApplicationSet's with the generator's own laid over it.
struct Generated {
  ParameterSets parameters;
  Value application;  // {metadata, spec}
};

// Runs one item of `spec.generators`: its selector is applied. kUnsupported for servers of repositories that taut
// does not ask, kInvalid in Argo CD's words for the rest.
Result<std::vector<Generated>> generate(const Value& generator, const Value& application_set, World& world);

}  // namespace taut::argo::appset
