#include "preview/selection.hh"

#include <algorithm>

#include "base/hash.hh"
#include "base/strings.hh"
#include "dialect/argo/application.hh"

namespace taut::preview {
namespace {

constexpr const char* kFolderUrl = "file:///taut-preview";
constexpr const char* kFolderCommit = "folder";

std::string url_of(const Value& application) { return application["spec"]["source"]["repoURL"].str(); }
std::string followed_by(const Value& application) { return application["spec"]["source"]["targetRevision"].str(); }

// "https://host/a/b.git" and "https://host/a/b" are one repository.
std::string_view plain(std::string_view url) {
  url = trim_right(url, "/");
  return url.ends_with(".git") ? url.substr(0, url.size() - 4) : url;
}

Result<WriteResult> apply(Cluster& cluster, Value object) {
  WriteRequest request;
  request.ref = {Gvk::of(object), std::string(namespace_of(object)), std::string(name_of(object))};
  request.body = std::move(object);
  request.force = true;
  return cluster.write(request);
}

Result<Selection> select_folder(Cluster& cluster, MergedRepositories& repositories, const Request& request) {
  Value meta = Value::map({{"name", kFolderUnit}, {"namespace", request.control_namespace}});
  Value any = Value::list({Value::map({{"group", "*"}, {"kind", "*"}})});
  Value project = Value::map({{"sourceRepos", Value::list({"*"})}, {"clusterResourceWhitelist", any},
                              {"destinations", Value::list({Value::map({{"server", "*"}, {"namespace", "*"}})})}});
  TAUT_TRY(apply(cluster, Value::map({{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "AppProject"}, {"metadata", meta}, {"spec", project}})));
  Value source = Value::map({{"repoURL", kFolderUrl}, {"path", "."}, {"targetRevision", "HEAD"}});
  if (!request.directory.empty()) source.set("directory", request.directory);
  Value spec = Value::map({{"project", kFolderUnit}, {"source", source},
                           {"destination", Value::map({{"server", "https://kubernetes.default.svc"}, {"namespace", request.ns}})},
                           {"syncPolicy", Value::map({{"syncOptions", Value::list({"CreateNamespace=true"})}})}});
  Value wanted = Value::map({{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "Application"}, {"metadata", meta}, {"spec", spec}});
  TAUT_ASSIGN(WriteResult made, apply(cluster, std::move(wanted)));
  repositories.redirect(kFolderUrl, "HEAD", kFolderCommit);
  return Selection{{made.object}, ""};
}

std::string known_names(const std::vector<Value>& applications) {
  std::vector<std::string> names;
  for (const Value& application : applications) names.emplace_back(name_of(application));
  return names.empty() ? "there are no applications" : "there are: " + join(names, ", ");
}

Result<std::vector<Value>> select_named(const std::vector<Value>& all, const Request& request) {
  std::vector<Value> out;
  for (const std::string& name : request.applications) {
    auto found = std::find_if(all.begin(), all.end(), [&](const Value& application) { return name_of(application) == name; });
    if (found == all.end())
      return fail(Error(Code::kNotFound, fmt::format("applications.argoproj.io \"{}\" not found", name)).with_hint(known_names(all)));
    out.push_back(*found);
  }
  return out;
}

// The one repository that the request, or all applications, name.
Result<std::string> only_repository(const std::vector<Value>& all, const Request& request) {
  std::set<std::string> urls;
  for (const Value& application : all) {
    std::string url = url_of(application);
    if (url.empty() || (!request.repository.empty() && plain(url) != plain(request.repository))) continue;
    urls.insert(std::string(plain(url)));
  }
  if (urls.size() == 1) return *urls.begin();
  if (urls.empty()) return fail(Code::kNotFound, "no application follows {}", request.repository.empty() ? "a repository" : request.repository);
  return fail(Error(Code::kInvalid, "the applications follow several repositories; say whose commit it is").with_hint("--repo " + join(urls, ", or ")));
}

// Those that a merge into `into` would move: they follow it by name, or by a name of the same commit.
Result<std::vector<Value>> select_followers(const std::vector<Value>& all, MergedRepositories& repositories, const Request& request) {
  TAUT_ASSIGN(std::string repository, only_repository(all, request));
  std::vector<Value> out;
  std::map<std::string, Result<std::string>> moved;  // what `into` is, by URL as written
  for (const Value& application : all) {
    std::string url = url_of(application), followed = followed_by(application);
    if (plain(url) != repository) continue;
    auto target = moved.try_emplace(url, std::string()).first;
    if (target->second && target->second->empty()) target->second = repositories.resolve(url, request.into);
    TAUT_TRY(target->second);
    auto sha = repositories.resolve(url, followed);
    bool follows = followed == request.into || (sha && *sha == *target->second && *sha != followed);
    if (follows) out.push_back(application);
  }
  if (out.empty()) return fail(Code::kNotFound, "no application of {} follows {}", repository, request.into);
  return out;
}

}  // namespace

Result<Selection> select(Cluster& cluster, MergedRepositories& repositories, const Request& request) {
  if (request.folder) repositories.provide(kFolderCommit, request.folder);
  if (request.standalone) return select_folder(cluster, repositories, request);
  TAUT_ASSIGN(ObjectList found, cluster.list(argo::application_gvk(), {.ns = request.control_namespace}));
  Selection out;
  if (request.applications.empty()) {
    TAUT_ASSIGN(out.applications, select_followers(found.items, repositories, request));
  } else {
    TAUT_ASSIGN(out.applications, select_named(found.items, request));
  }
  if (request.revision.empty() && !request.folder) return out;
  for (const Value& application : out.applications) {
    std::string url = url_of(application);
    out.revision = kFolderCommit;
    if (!request.folder) {
      TAUT_ASSIGN(out.revision, repositories.resolve(url, request.revision));
    }
    repositories.redirect(url, followed_by(application), out.revision);
  }
  return out;
}

}  // namespace taut::preview
