// taut sync: one sync of an Application, now.
#include <fmt/format.h>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/applications.hh"
#include "cli/connection.hh"
#include "cli/local_source.hh"
#include "cli/serving.hh"
#include "cli/source_repositories.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

// GROUP:KIND:[NAMESPACE/]NAME, as `argocd app sync --resource` takes it.
Result<Value> parse_resource(const std::string& text) {
  auto parts = split(text, ':');
  if (parts.size() != 3 || parts[1].empty() || parts[2].empty())
    return fail(Code::kInvalid, "resource {} is not GROUP:KIND:NAME (an empty GROUP is the core group)", quote(text));
  Value resource = Value::map({{"group", parts[0]}, {"kind", parts[1]}});
  std::string_view ns, name;
  if (cut(parts[2], "/", ns, name)) {
    resource.set("namespace", ns);
    resource.set("name", name);
  } else {
    resource.set("name", parts[2]);
  }
  return resource;
}

class Sync : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    flags.add("revision", 0, "REV", "sync to this revision instead of the target", &revision_);
    flags.add("prune", 0, "", "delete what is no longer in Git", &prune_);
    flags.add("dry-run", 0, "", "only try it on the API server", &dry_run_);
    flags.add("force", 0, "", "delete and create what cannot be changed in place", &force_);
    flags.add("resource", 0, "GROUP:KIND:NAME", "sync only this; can be given several times", &resources_);
    flags.add("local", 0, "DIR", "apply what this folder holds in place of what is in Git", &local_);
    flags.add("local-repo-root", 0, "DIR", "of --local: up to where its files may name others (its work tree)", &local_root_);
    flags.add("data", 0, "DIR", "where fetched repositories are kept", &data_);
    flags.add("async", 0, "", "do not wait for the end", &async_);
    flags.add("timeout", 0, "DURATION", "how long to wait", &timeout_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty()) {
      print_error("which application? Usage: taut sync APP");
      return kMisused;
    }
    int worst = kDone;
    for (const std::string& name : arguments) {
      auto code = sync(name);
      if (!code) print_error(code.error());
      worst = std::max(worst, code ? *code : kFailed);
    }
    return worst;
  }

 private:
  Result<Value> operation() const {
    Value sync = Value::map();
    if (!revision_.empty()) sync.set("revision", revision_);
    if (prune_) sync.set("prune", true);
    if (dry_run_) sync.set("dryRun", true);
    if (force_) sync.set("syncStrategy", Value::map({{"hook", Value::map({{"force", true}})}}));
    for (const std::string& text : resources_) {
      TAUT_ASSIGN(auto resource, parse_resource(text));
      sync.edit("resources").push_back(std::move(resource));
    }
    return Value::map({{"initiatedBy", Value::map({{"username", "taut"}})}, {"sync", std::move(sync)}});
  }

  Result<int> sync(const std::string& name) {
    TAUT_ASSIGN(auto request, operation());
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(auto application, get_application(*cluster, connection_.ns, name));
    if (!local_.empty()) TAUT_TRY(take_local(cluster, application, request));
    TAUT_ASSIGN(auto asked, request_operation(*cluster, application, request));
    if (async_) {
      fmt::print("{} sync requested\n", name);
      return kDone;
    }
    return follow_operation(*cluster, asked, timeout_);
  }

  // As argocd app sync --local: automated sync would take it back at once.
  Status take_local(const std::shared_ptr<Cluster>& cluster, const Value& application, Value& request) const {
    const Value& automated = application["spec"]["syncPolicy"]["automated"];
    if (automated.is_map() && automated["enabled"].as_bool(true) && !dry_run_)
      return fail(Code::kInvalid, "Cannot use local sync when Automatic Sync Policy is enabled except with --dry-run");
    if (!revision_.empty()) return fail(Code::kInvalid, "either --local or --revision");
    TAUT_ASSIGN(LocalSource source, local_source(application, local_, local_root_));
    SourceRepositories repositories(*cluster, connection_.ns, data_);
    TAUT_ASSIGN(auto manifests, local_manifests(cluster, connection_.ns, repositories, source));
    if (manifests.empty()) return fail(Code::kInvalid, "{} holds no objects", local_);
    for (const std::string& manifest : manifests) request.edit("sync").edit("manifests").push_back(manifest);
    return {};
  }

  Connection connection_;
  std::string local_, local_root_, data_ = default_data_folder();
  std::string revision_;
  bool prune_ = false, dry_run_ = false, force_ = false, async_ = false;
  std::vector<std::string> resources_;
  Duration timeout_ = std::chrono::minutes(10);
};

}  // namespace

std::unique_ptr<Command> make_sync() { return std::make_unique<Sync>(); }

}  // namespace taut::cli
