// taut diff: what a folder or an Application would change in the cluster. Nothing is changed.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/clusters.hh"
#include "cli/applications.hh"
#include "cli/connection.hh"
#include "cli/folder.hh"
#include "cli/local_source.hh"
#include "cli/planning.hh"
#include "cli/source_repositories.hh"
#include "cli/serving.hh"
#include "cli/terminal.hh"
#include "cli/write_back.hh"
#include "controller/preview.hh"
#include "controller/rendering.hh"
#include "dialect/argo/application.hh"
#include "plan/print.hh"

namespace taut::cli {
namespace {

// As kubectl diff: 0 no differences, 1 differences, above 1 an error.
constexpr int kDiffFailed = 2;

bool is_folder(const std::string& word) {
  struct stat info {};
  return word.find('/') != std::string::npos || word == "." || (::stat(word.c_str(), &info) == 0 && S_ISDIR(info.st_mode));
}

// The AppProject that an Application names; null when there is none.
Result<Value> project_of(Cluster& cluster, const Value& application) {
  std::string name = application["spec"]["project"].str();
  auto project = cluster.get({argo::project_gvk(), std::string(namespace_of(application)), name.empty() ? "default" : name});
  if (!project && project.error().code() == Code::kNotFound) return Value();
  return project;
}

class Diff : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    folder_.declare(flags);
    flags.add("namespace", 'n', "NAMESPACE", "where a folder's objects go that name none", &ns_);
    flags.add("revision", 0, "REV", "of an Application: this revision instead of the one it follows", &revision_);
    flags.add("rev", 0, "REV", "the same; without APP, of every application that follows --into", &revision_);
    flags.add("local", 0, "DIR", "of an Application: this folder in place of what is in Git", &local_);
    flags.add("local-repo-root", 0, "DIR", "of --local: up to where its files may name others (its work tree)", &local_root_);
    flags.add("into", 0, "REV", "without APP: the applications that follow this revision", &into_);
    flags.add("repo", 0, "URL", "without APP: the repository whose revision it is", &repo_);
    flags.add("data", 0, "DIR", "where fetched repositories are kept", &data_);
    flags.add("field-manager", 0, "NAME", "a folder's objects are compared as applied by this manager", &manager_);
    flags.add("all", 0, "", "also list what stays as it is", &all_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty() && !revision_.empty()) return diff_touched();
    if (!local_.empty() && (arguments.size() != 1 || is_folder(arguments[0]) || !revision_.empty())) {
      print_error("--local goes with one application, and without a revision");
      return kDiffFailed;
    }
    if (arguments.size() != 1) {
      print_error("a folder or an application. Usage: taut diff DIR|APP, or taut diff --rev REV");
      return kDiffFailed;
    }
    auto plan = is_folder(arguments[0]) ? plan_folder(arguments[0]) : plan_named(arguments[0]);
    if (!plan) {
      print_error(plan.error());
      return kDiffFailed;
    }
    fmt::print("{}", plan::to_text(*plan, {.color = colours(), .unchanged = all_}));
    return plan->changes() == 0 ? kDone : kFailed;
  }

 private:
  Result<plan::Plan> plan_folder(const std::string& folder) {
    TAUT_ASSIGN(auto rendered, folder_.render(folder));
    TAUT_ASSIGN(auto cluster, connection_.open());
    return plan_objects(*cluster, std::move(rendered), ns_, manager_);
  }

  Result<plan::Plan> plan_named(const std::string& name) {
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(auto application, get_application(*cluster, connection_.ns, name));
    SourceRepositories repositories(*cluster, connection_.ns, data_);
    return plan_application(cluster, repositories, application);
  }

  // One report of all applications that a merge of the revision would move.
  int diff_touched() {
    auto cluster = connection_.open();
    if (!cluster) {
      print_error(cluster.error());
      return kDiffFailed;
    }
    SourceRepositories repositories(**cluster, connection_.ns, data_);
    auto followers = find_followers(**cluster, repositories);
    if (!followers) {
      print_error(followers.error());
      return kDiffFailed;
    }
    int touched = 0, failed = 0;
    for (const Value& application : *followers) {
      auto plan = plan_application(*cluster, repositories, application);
      std::string name(name_of(application));
      if (!plan) {
        ++failed;
        fmt::print("{}\n", ink(Ink::kBold, name));
        fflush(stdout);
        print_error(plan.error());
      } else if (plan->changes() != 0) {
        ++touched;
        fmt::print("{}\n{}\n", ink(Ink::kBold, name), plan::to_text(*plan, {.color = colours(), .unchanged = all_}));
      }
    }
    fmt::print("{} of {} applications would change{}\n", touched, followers->size(), failed == 0 ? "" : fmt::format(", {} cannot be compared", failed));
    return failed != 0 ? kDiffFailed : touched != 0 ? kFailed : kDone;
  }

  // Applications of the repository whose revision is, or names the same commit as, the one to be merged into.
  Result<std::vector<Value>> find_followers(Cluster& cluster, SourceRepositories& repositories) const {
    TAUT_ASSIGN(auto all, list_applications(cluster, connection_.ns));
    std::set<std::string> urls;
    for (const Value& application : all) {
      std::string url = application["spec"]["source"]["repoURL"].str();
      bool chart = !application["spec"]["source"]["chart"].empty();
      if (!url.empty() && !chart && (repo_.empty() || url == repo_)) urls.insert(url);
    }
    if (urls.empty()) return fail(Code::kNotFound, "no application follows {}", repo_.empty() ? "a Git repository" : repo_);
    if (urls.size() > 1)
      return fail(Error(Code::kInvalid, "the applications follow several repositories; say whose revision it is")
                      .with_hint("--repo " + join(std::vector<std::string>(urls.begin(), urls.end()), ", or ")));
    const std::string& url = *urls.begin();
    auto first = std::ranges::find_if(all, [&](const Value& application) { return application["spec"]["source"]["repoURL"].str() == url; });
    std::string name = repository_of(*first);
    TAUT_ASSIGN(std::string into, repositories.resolve(name, into_));
    TAUT_TRY(repositories.resolve(name, revision_));
    std::map<std::string, std::string> commits;
    std::erase_if(all, [&](const Value& application) {
      const Value& source = application["spec"]["source"];
      if (source["repoURL"].str() != url) return true;
      auto [at, fresh] = commits.try_emplace(source["targetRevision"].str());
      if (fresh) at->second = repositories.resolve(name, at->first).value_or("");
      return at->second != into;
    });
    return all;
  }

  Result<plan::Plan> plan_application(const std::shared_ptr<Cluster>& cluster, SourceRepositories& repositories, const Value& application) {
    TAUT_ASSIGN(auto destination, destination_of(cluster, connection_.ns, application));
    controller::PreviewRequest request;
    request.application = application;
    if (!local_.empty()) {
      TAUT_ASSIGN(LocalSource local, local_source(application, local_, local_root_));
      request.application = std::move(local.application);
      request.tree = std::move(local.tree);
    }
    request.clusters = destination.names;
    request.repositories = repositories.of_projects();
    TAUT_ASSIGN(request.project, project_of(*cluster, application));
    TAUT_ASSIGN(request.settings, settings_of(*cluster, connection_.ns));
    if (!revision_.empty()) request.revision = revision_;
    controller::ControllerOptions controller;
    controller.control_namespace = connection_.ns;
    TAUT_ASSIGN(Discovery discovery, destination.cluster->discover());
    controller.render = controller::make_renderer(memo_, controller::render_facts(discovery), &repositories);
    return controller::preview(request, *destination.cluster, repositories, controller, SystemClock().now());
  }

  Connection connection_;
  FolderSource folder_;
  std::string ns_ = "default", revision_, data_ = default_data_folder(), manager_ = "taut";
  std::string into_ = "HEAD", repo_, local_, local_root_;
  std::shared_ptr<render::Memo> memo_ = std::make_shared<render::Memo>();
  bool all_ = false;
};

}  // namespace

std::unique_ptr<Command> make_diff() { return std::make_unique<Diff>(); }

}  // namespace taut::cli
