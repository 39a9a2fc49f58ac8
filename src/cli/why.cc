// taut why: where an object and each of its fields comes from.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/applications.hh"
#include "cli/clusters.hh"
#include "cli/connection.hh"
#include "cli/folder.hh"
#include "cli/output.hh"
#include "cli/provenance.hh"
#include "cli/serving.hh"
#include "cli/source_repositories.hh"
#include "cli/terminal.hh"
#include "controller/remotes.hh"
#include "controller/rendering.hh"
#include "dialect/argo/application.hh"
#include "dialect/argo/tracking.hh"
#include "tree/disk.hh"

namespace taut::cli {
namespace {

// "deployment/web", "deploy/web", "deployments.apps/web".
struct Wanted {
  std::string kind, group, name;
  bool any_group = true;
};

Result<Wanted> parse_object(const std::string& text) {
  std::string_view kind, name, plain, group;
  if (!cut(text, "/", kind, name) || kind.empty() || name.empty())
    return fail(Code::kInvalid, "{} is no object: write KIND/NAME, as deployment/web", quote(text));
  Wanted out{to_lower(kind), "", std::string(name)};
  if (cut(kind, ".", plain, group)) out = {to_lower(plain), std::string(group), std::string(name), false};
  return out;
}

bool is_kind(const Wanted& wanted, const ApiResource& resource) {
  if (!wanted.any_group && resource.gvk.group != wanted.group) return false;
  return to_lower(resource.gvk.kind) == wanted.kind || resource.plural == wanted.kind || std::ranges::count(resource.short_names, wanted.kind) > 0;
}

// Without a cluster: kinds by their name, one or many.
bool is_object(const Wanted& wanted, const std::string& ns, const Value& object) {
  std::string kind = to_lower(object["kind"].as_string());
  static const std::map<std::string, std::string, std::less<>> kShort = {
      {"cm", "configmap"}, {"deploy", "deployment"}, {"ds", "daemonset"},  {"ing", "ingress"},
      {"ns", "namespace"}, {"sa", "serviceaccount"}, {"sts", "statefulset"}, {"svc", "service"}};
  auto known = kShort.find(wanted.kind);
  bool same = kind == wanted.kind || kind + "s" == wanted.kind || kind + "es" == wanted.kind || (known != kShort.end() && kind == known->second);
  bool grouped = wanted.any_group || Gvk::of(object).group == wanted.group;
  return same && grouped && name_of(object) == wanted.name && (ns.empty() || namespace_of(object).empty() || namespace_of(object) == ns);
}

std::string shown(const Value& object) {
  std::string_view ns = namespace_of(object);
  return fmt::format("{} {}{}{}", object["kind"].as_string(), ns, ns.empty() ? "" : "/", name_of(object));
}

// Who asks for commits: one blame a file.
class Blamer {
 public:
  using Ask = std::function<Result<std::vector<git::BlamedLine>>(const std::string& file)>;
  explicit Blamer(Ask ask) : ask_(std::move(ask)) {}

  void add(std::vector<FieldStory>& fields) {
    for (FieldStory& field : fields) {
      if (!field.origin || field.origin->file.empty() || field.origin->line == 0) continue;
      auto [at, fresh] = files_.try_emplace(field.origin->file);
      if (fresh) at->second = ask_(field.origin->file).value_or(std::vector<git::BlamedLine>{});
      if (field.origin->line <= at->second.size()) field.commit = at->second[field.origin->line - 1];
    }
  }

 private:
  Ask ask_;
  std::map<std::string, std::vector<git::BlamedLine>> files_;
};

class Why : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    flags.add("namespace", 'n', "NAMESPACE", "of the object", &ns_);
    flags.add("dir", 0, "DIR", "ask this folder of a work tree; no cluster is asked", &folder_);
    flags.add("all", 0, "", "also status, and what the server keeps for itself", &all_);
    flags.add("output", 'o', "FORMAT", "json or yaml", &output_, {"json", "yaml", ""});
    flags.add("data", 0, "DIR", "where fetched repositories are kept", &data_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty() || arguments.size() > 2) {
      print_error("which object? Usage: taut why KIND/NAME [FIELD]");
      return kMisused;
    }
    auto done = tell(arguments);
    if (done) return kDone;
    print_error(done.error());
    return kFailed;
  }

 private:
  Status tell(const std::vector<std::string>& arguments) {
    TAUT_ASSIGN(auto wanted, parse_object(arguments[0]));
    TAUT_TRY(folder_.empty() ? ask_cluster(wanted) : ask_folder(wanted));
    if (arguments.size() == 2) {
      TAUT_ASSIGN(story_.fields, fields_below(std::move(story_.fields), object_, arguments[1]));
    }
    if (output_.empty()) fmt::print("{}", to_text(story_, object_));
    else print_object(to_value(story_), output_);
    return {};
  }

  Status ask_folder(const Wanted& wanted) {
    TAUT_ASSIGN(FolderPlace place, place_of(folder_));
    const std::string& root = place.root;
    render::RenderInput input;
    input.tree = place.tree;
    input.path = place.path;
    input.ns = ns_;
    input.trace = true;
    TAUT_ASSIGN(auto rendered, render::render(input));
    const render::RenderedObject* found = find(rendered, [&](const Value& object) { return is_object(wanted, ns_, object); });
    if (!found) return fail(Code::kNotFound, "{} renders no {}/{}", folder_, wanted.kind, wanted.name);
    object_ = found->object;
    story_.object = shown(object_);
    story_.repository = root;
    story_.path = input.path;
    story_.type = render::source_type_name(rendered.type);
    story_.fields = field_stories(object_, render::field_origins(rendered, *found, *input.tree), nullptr, all_);
    git::Program program({.folder = settings_folder()});
    Blamer([&](const std::string& file) { return git::blame_work_tree(program, root, file); }).add(story_.fields);
    return {};
  }

  // Git reads its settings from there, not the user's.
  std::string settings_folder() const {
    std::error_code ignored;
    std::filesystem::create_directories(data_ + "/settings", ignored);
    return data_ + "/settings";
  }

  static const render::RenderedObject* find(const render::Rendered& rendered, const std::function<bool(const Value&)>& meant) {
    auto found = std::ranges::find_if(rendered.objects, [&](const auto& item) { return meant(item.object); });
    return found == rendered.objects.end() ? nullptr : &*found;
  }

  Status ask_cluster(const Wanted& wanted) {
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(Discovery discovery, cluster->discover());
    auto kind = std::ranges::find_if(discovery.resources, [&](const ApiResource& resource) { return is_kind(wanted, resource); });
    if (kind == discovery.resources.end()) return fail(Code::kNotFound, "the cluster serves no kind {}", quote(wanted.kind));
    std::string ns = kind->namespaced ? (ns_.empty() ? "default" : ns_) : "";
    TAUT_ASSIGN(object_, cluster->get({kind->gvk, ns, wanted.name}));
    story_.object = shown(object_);
    Value root = climb(*cluster, discovery);
    std::vector<render::FieldOrigin> origins;
    Value rendered;
    SourceRepositories repositories(*cluster, connection_.ns, data_);
    if (auto application = application_of(*cluster, root); application.is_null()) {
      story_.note = "no application says that it is its own";
    } else if (story_.owner.empty()) {
      TAUT_TRY(ask_application(application, discovery, repositories, origins, rendered));
    } else {
      story_.application = fmt::format("{}/{}", namespace_of(application), name_of(application));
      story_.note = fmt::format("made by {}; ask for that to see what Git says", story_.owner);
    }
    story_.fields = field_stories(rendered, origins, &object_, all_);
    auto place = repositories.git(repository_);
    Blamer([&](const std::string& file) { return place.git.blame(place.url, story_.revision, file); }).add(story_.fields);
    return {};
  }

  // The object that the one asked about was made for, by its controllers.
  Value climb(Cluster& cluster, const Discovery& discovery) {
    Value at = object_;
    for (int depth = 0; depth < 8 && annotation_of(at, argo::kTrackingAnnotation).empty(); ++depth) {
      const Value* owner = nullptr;
      for (const Value& reference : at["metadata"]["ownerReferences"].items())
        if (reference["controller"].as_bool()) owner = &reference;
      if (!owner) break;
      Gvk gvk = Gvk::parse((*owner)["apiVersion"].as_string(), (*owner)["kind"].as_string());
      const ApiResource* resource = discovery.find(gvk);
      auto above = cluster.get({gvk, resource && resource->namespaced ? std::string(namespace_of(at)) : "", (*owner)["name"].str()});
      if (!above) break;
      at = *above;
      story_.owner = shown(at);
    }
    return at;
  }

  // By the tracking annotation, or the label where that is used; null when there is none.
  Value application_of(Cluster& cluster, const Value& object) const {
    std::string name = argo::AnnotationOwnership().owner(object).value_or(std::string(label_of(object, "app.kubernetes.io/instance")));
    if (name.empty()) return {};
    std::string ns = connection_.ns;
    if (size_t cut = name.find('_'); cut != std::string::npos) {
      ns = name.substr(0, cut);
      name = name.substr(cut + 1);
    }
    return cluster.get({application_kind(), ns, name}).value_or(Value());
  }

  // Renders the sources of an application at the revision that it shows, until one has the object.
  Status ask_application(const Value& application, const Discovery& discovery, SourceRepositories& repositories,
                         std::vector<render::FieldOrigin>& origins, Value& rendered) {
    story_.application = fmt::format("{}/{}", namespace_of(application), name_of(application));
    const Value& sync = application["status"]["sync"];
    std::vector<Value> sources = sources_of(application);
    std::string project = application["spec"]["project"].str();
    if (project.empty()) project = "default";
    std::vector<std::string> revisions;
    for (const Value& revision : sync["revisions"].items()) revisions.push_back(revision.str());
    if (revisions.empty()) revisions.assign(sources.size(), sync["revision"].str());
    auto facts = controller::render_facts(discovery);
    render::RenderInput input;
    std::vector<TreePtr> trees;
    for (size_t i = 0; i < sources.size(); ++i) {
      std::string wanted = i < revisions.size() && !revisions[i].empty() ? revisions[i] : sources[i]["targetRevision"].str();
      std::string name = in_project(project, argo::read_source(sources[i]).repo);
      TAUT_ASSIGN(std::string sha, repositories.resolve(name, wanted));
      TAUT_ASSIGN(auto tree, repositories.tree_with_submodules(name, sha));
      if (!sources[i]["ref"].empty()) input.refs[sources[i]["ref"].str()] = tree;
      trees.push_back(std::move(tree));
    }
    input.application = name_of(application);
    input.ns = application["spec"]["destination"]["namespace"].str();
    input.kube_version = facts.kube_version;
    input.api_versions = facts.api_versions;
    input.trace = true;
    auto charts = controller::remote_charts(repositories);
    auto remotes = controller::remote_bases(repositories, /*local=*/false);
    input.charts = charts.get();
    input.remotes = remotes.get();
    ObjectId id = ObjectId::of(object_);
    for (size_t i = 0; i < sources.size(); ++i) {
      if (!sources[i]["ref"].empty() && sources[i]["path"].empty() && sources[i]["chart"].empty()) continue;
      input.tree = trees[i];
      input.path = sources[i]["path"].str();
      input.source = sources[i];
      TAUT_ASSIGN(auto all, render::render(input));
      const render::RenderedObject* found = find(all, [&](const Value& object) {
        ObjectId other = ObjectId::of(object);
        return other.kind == id.kind && other.group == id.group && other.name == id.name && (other.ns.empty() || other.ns == id.ns);
      });
      if (!found) continue;
      story_.repository = sources[i]["repoURL"].str();
      repository_ = in_project(project, story_.repository);
      story_.revision = i < revisions.size() ? revisions[i] : "";
      story_.path = sources[i]["path"].empty() ? sources[i]["chart"].str() : sources[i]["path"].str();
      story_.type = render::source_type_name(all.type);
      rendered = found->object;
      origins = render::field_origins(all, *found, *input.tree);
      return {};
    }
    story_.note = fmt::format("the application does not render it at {}", short_revision(sync["revision"].as_string()));
    return {};
  }

  Connection connection_;
  std::string ns_, folder_, output_, data_ = default_data_folder();
  bool all_ = false;
  Value object_;
  ObjectStory story_;
  std::string repository_;  // story_.repository as the application's project sees it
};

}  // namespace

std::unique_ptr<Command> make_why() { return std::make_unique<Why>(); }

}  // namespace taut::cli
