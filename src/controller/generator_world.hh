// What the generators of ApplicationSets see.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "controller/application_sets.hh"
#include "dialect/argo/appset/generators.hh"

namespace taut::controller {

// The cluster as it was when they began, repositories as they are. Each revision is asked for once.
class GeneratorWorld : public argo::appset::World, public argo::appset::Outside {
 public:
  // Repositories are read as `project` sees them.
  GeneratorWorld(const ApplicationSetOptions& options, Cluster& cluster, Repositories& repositories, std::string project, std::vector<Value> secrets,
                 std::set<std::string> projects)
      : options_(options),
        cluster_(cluster),
        repositories_(repositories),
        project_(std::move(project)),
        secrets_(std::move(secrets)),
        projects_(std::move(projects)) {}

  Result<std::vector<std::string>> folders(const std::string& repo, const std::string& revision) override;
  Result<std::map<std::string, std::string>> files(const std::string& repo, const std::string& revision, const std::string& pattern) override;
  Result<std::vector<Value>> cluster_secrets() override { return secrets_; }
  Status project(const std::string& name) override;
  argo::appset::Outside* outside() override { return this; }

  Result<std::shared_ptr<Scm>> scm(const ScmAccount& account) override;
  const argo::appset::ScmRules& scm_rules() const override { return options_.scm_rules; }
  Result<Value> secret(const std::string& name) override;
  Result<GitHubApp> github_app(const std::string& secret) override;
  Result<Value> config_map(const std::string& name) override;
  Result<Value> call_plugin(const argo::appset::PluginCall& call) override;
  Result<std::vector<Value>> objects(const std::string& api_version, const std::string& plural, const std::string& name,
                                     const std::string& label_selector) override;

  std::set<std::string> asked;  // repositories

 private:
  Result<TreePtr> tree_of(const std::string& repo, const std::string& revision);

  const ApplicationSetOptions& options_;
  Cluster& cluster_;
  Repositories& repositories_;
  const std::string project_;
  const std::vector<Value> secrets_;
  const std::set<std::string> projects_;
  std::map<std::pair<std::string, std::string>, TreePtr> trees_;
};

// How soon the generators are to be run again, inside others too: the shortest wish (requeueAfterSeconds, or the usual
// time of the kind); nothing when none of them needs it. `usual` is that of git generators.
std::optional<Duration> poll_of(const Value& generators, Duration usual);

}  // namespace taut::controller
