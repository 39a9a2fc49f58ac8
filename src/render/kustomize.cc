#include "render/kustomize.hh"

#include <charconv>
#include <map>

#include "base/strings.hh"
#include "kustomize/build.hh"
#include "render/build_environment.hh"
#include "render/kustomize_charts.hh"
#include "tree/path.hh"

namespace taut::render {
namespace {

// Name, new name, tag and digest of "name=new:tag@digest" and its shorter forms.
Result<Value> parse_image(std::string_view text) {
  std::string_view name, value = text, left, right;
  bool renames = cut(text, "=", left, right);
  if (renames) name = left, value = right;
  size_t slash = value.find('/');
  size_t from = slash == std::string_view::npos ? 0 : slash;
  size_t at = value.find('@', from), colon = value.find(':', from);
  if (colon != std::string_view::npos && at != std::string_view::npos && at < colon) colon = std::string_view::npos;
  std::string_view base = value.substr(0, std::min(at, colon));
  if (base == text)
    return fail(Code::kInvalid,
                "invalid format of image, use one of the following options:\n- <image>=<newimage>:<newtag>\n"
                "- <image>=<newimage>@<digest>\n- <image>=<newimage>\n- <image>:<newtag>\n- <image>@<digest>");
  Value out = Value::map({{"name", Value(renames ? name : base)}});
  if (renames) out.set("newName", Value(base));
  if (colon != std::string_view::npos)
    out.set("newTag", Value(value.substr(colon + 1, at == std::string_view::npos ? at : at - colon - 1)));
  if (at != std::string_view::npos) out.set("digest", Value(value.substr(at + 1)));
  return out;
}

// Items by name, with those that are set in place of those that are there; sorted, as `kustomize edit set` leaves them.
Value merge_named(const Value& there, const std::map<std::string, Value>& set) {
  std::map<std::string, Value> merged = set;
  for (const Value& item : there.items()) merged.emplace(item["name"].str(), item);
  Value out = Value::list();
  for (auto& [name, item] : merged) out.push_back(item);
  return out;
}

// The options of one source, written into the fields of its kustomization.
class Editor {
 public:
  Editor(const RenderInput& input, const Source& source, BuildEnvironment& environment)
      : input_(input), source_(source), environment_(environment), options_(source.parameters["kustomize"]) {}

  Status edit(Value& fields) {
    for (const char* field : {"namePrefix", "nameSuffix", "namespace"})
      if (!options_[field].empty()) fields.set(field, options_[field]);
    TAUT_TRY(set_images(fields));
    TAUT_TRY(set_replicas(fields));
    TAUT_TRY(add_labels(fields));
    TAUT_TRY(add_annotations(fields));
    for (const Value& patch : options_["patches"].items()) fields.edit("patches").push_back(patch);
    return add_components(fields);
  }

 private:
  Status set_images(Value& fields) {
    std::map<std::string, Value> set;
    for (const Value& item : options_["images"].items()) {
      TAUT_ASSIGN(std::string text, environment_.expand(item.as_string()));
      TAUT_ASSIGN(Value image, parse_image(text));
      std::string name = image["name"].str();
      set[name] = std::move(image);
    }
    if (set.empty()) return {};
    for (auto& [name, image] : set) keep_starred(image, fields["images"]);
    fields.set("images", merge_named(fields["images"], set));
    return {};
  }

  // "*" keeps what the kustomization says.
  static void keep_starred(Value& image, const Value& there) {
    const Value* old = nullptr;
    for (const Value& item : there.items())
      if (item["name"] == image["name"]) old = &item;
    for (const char* field : {"newName", "newTag", "digest"}) {
      if (image[field].as_string() != "*") continue;
      if (old && old->contains(field)) image.set(field, (*old)[field]);
      else image.erase(field);
    }
  }

  Status set_replicas(Value& fields) {
    std::map<std::string, Value> set;
    for (const Value& item : options_["replicas"].items()) {
      Value count = item["count"];
      if (count.is_string()) {
        int64_t number = 0;
        auto [end, error] = std::from_chars(count.as_string().data(), count.as_string().data() + count.size(), number);
        if (error != std::errc() || end != count.as_string().data() + count.size())
          return fail(Code::kInvalid, "expected integer value for count. Received: {}", count.as_string());
        count = Value(number);
      }
      set[item["name"].str()] = Value::map({{"name", item["name"]}, {"count", count}});
    }
    if (!set.empty()) fields.set("replicas", merge_named(fields["replicas"], set));
    return {};
  }

  Status put(Value& map, const Entry& entry, const std::string& value, std::string_view what, bool force) {
    if (map.contains(entry.key()) && !force)
      return fail(Code::kConflict, "{} {} already in kustomization file. Use --force to override.", what, entry.key());
    map.set(entry.key(), Value(value));
    return {};
  }

  Status add_labels(Value& fields) {
    bool force = options_["forceCommonLabels"].as_bool(), templates = options_["labelIncludeTemplates"].as_bool();
    for (const Entry& entry : options_["commonLabels"].entries()) {
      TAUT_ASSIGN(std::string value, environment_.expand(entry.value.as_string()));
      if (!options_["labelWithoutSelector"].as_bool()) {
        TAUT_TRY(put(fields.edit("commonLabels"), entry, value, "label", force));
        continue;
      }
      size_t at = 0;
      const Value& labels = fields["labels"];
      while (at < labels.size() && (labels[at]["includeSelectors"].as_bool() ||
                                    labels[at]["includeTemplates"].as_bool() != templates))
        ++at;
      if (at == labels.size()) fields.edit("labels").push_back(Value::map({{"includeTemplates", Value(templates)}}));
      TAUT_TRY(put(fields.edit("labels").edit(at).edit("pairs"), entry, value, "label", force));
    }
    return {};
  }

  Status add_annotations(Value& fields) {
    for (const Entry& entry : options_["commonAnnotations"].entries()) {
      std::string value = entry.value.str();
      if (options_["commonAnnotationsEnvsubst"].as_bool()) {
        TAUT_ASSIGN(value, environment_.expand(value));
      }
      TAUT_TRY(put(fields.edit("commonAnnotations"), entry, value, "annotation",
                   options_["forceCommonAnnotations"].as_bool()));
    }
    return {};
  }

  Status add_components(Value& fields) {
    for (const Value& component : options_["components"].items()) {
      if (options_["ignoreMissingComponents"].as_bool()) {
        auto path = clean_path(join_path(source_.path, component.as_string()));
        if (!path || !input_.tree->stat(*path)) continue;
      }
      bool known = false;
      for (const Value& there : fields["components"].items()) known = known || there == component;
      if (!known) fields.edit("components").push_back(component);
    }
    return {};
  }

  const RenderInput& input_;
  const Source& source_;
  BuildEnvironment& environment_;
  const Value& options_;
};

// The flags of argocd-cm's `kustomize.buildOptions`; a value follows behind "=" or as the next word.
Status read_build_options(std::string_view text, kustomize::BuildOptions& options) {
  auto words = split(text, ' ');
  for (size_t i = 0; i < words.size(); ++i) {
    std::string_view flag = words[i], value;
    if (flag.empty()) continue;
    std::string_view name = flag;
    bool has_value = cut(flag, "=", name, value);
    auto take = [&] { return has_value ? value : i + 1 < words.size() ? words[++i] : std::string_view(); };
    if (name == "--enable-helm") options.enable_helm = value != "false";
    else if (name == "--load-restrictor") TAUT_TRY(kustomize::set_load_restrictor(take(), options));
    else if (name == "--reorder") TAUT_TRY(kustomize::set_reorder(take(), options));
    else if (name == "--enable-managedby-label") options.managed_by_label = value != "false";
    else if (name == "--helm-command") take();
    else return fail(Code::kUnsupported, "kustomize.buildOptions: unknown flag: {}", flag);
  }
  return {};
}

bool is_57(std::string_view version) {
  if (version.starts_with('v')) version.remove_prefix(1);
  return version == "5.7" || version.starts_with("5.7.");
}

}  // namespace

Result<Rendered> render_kustomize(const RenderInput& input, const Source& source) {
  const Value& parameters = source.parameters["kustomize"];
  BuildEnvironment environment(input, source);
  Editor editor(input, source, environment);
  kustomize::BuildOptions options;
  options.compat = is_57(parameters["version"].as_string()) ? kustomize::Compat::k57 : kustomize::Compat::k58;
  options.helm_kube_version = parameters["kubeVersion"].empty() ? input.kube_version : parameters["kubeVersion"].str();
  for (const Value& version : parameters["apiVersions"].items()) options.helm_api_versions.push_back(version.str());
  if (options.helm_api_versions.empty()) options.helm_api_versions = input.api_versions;
  options.helm = chart_renderer({}, input.charts);
  options.remotes = input.remotes;
  options.trace = input.trace;
  TAUT_TRY(read_build_options(input.kustomize_options, options));
  options.edit_root = [&](Value& fields) { return editor.edit(fields); };
  TAUT_ASSIGN(kustomize::Built built, kustomize::build(*input.tree, source.path, options));
  Rendered out;
  out.depends_on_cluster = environment.uses_cluster() || built.used_helm;
  out.depends_on_revision = environment.uses_revision();
  for (kustomize::BuiltResource& resource : built.resources) {
    Origin origin{.file = resource.file.empty() ? built.kustomization : resource.file, .line = resource.line};
    out.objects.push_back({std::move(resource.object), std::move(origin), {}, std::move(resource.trail)});
  }
  return out;
}

}  // namespace taut::render
