#include "render/helm.hh"

#include <algorithm>

#include "base/strings.hh"
#include "helm/render.hh"
#include "helm/values_sources.hh"
#include "lang/glob/glob.hh"
#include "render/build_environment.hh"
#include "render/chart_dependencies.hh"
#include "render/chart_origin.hh"
#include "render/machine_environment.hh"
#include "render/manifest_cache.hh"
#include "render/manifests.hh"
#include "tree/path.hh"
#include "value/json.hh"
#include "value/pointer.hh"

namespace taut::render {
namespace {

// A file that an option names: the tree that holds it and the path there.
struct Place {
  const Tree* tree;
  std::string path;
};

// A comma starts the next value of --set; Argo CD escapes those of parameters, but in lists.
std::string escape_commas(const std::string& value) {
  if (value.starts_with('{') && value.ends_with('}')) return value;
  std::string out;
  for (char c : value) {
    if (c == ',' && !out.ends_with('\\')) out += '\\';
    out += c;
  }
  return out;
}

bool is_glob(std::string_view path) { return path.find_first_of("*?[{") != std::string_view::npos; }

// Reads the options of one source.
class Options {
 public:
  Options(const RenderInput& input, const Source& source)
      : input_(input), source_(source), helm_(source.parameters["helm"]), environment_(input, source) {}

  Result<helm::RenderOptions> render_options() const {
    helm::RenderOptions out;
    std::string_view version = helm_["version"].as_string();
    if (version.starts_with('v')) version.remove_prefix(1);
    if (version == "4.1" || version.starts_with("4.1.")) out.compat = helm::Compat::kHelm41;
    out.capabilities = helm::default_capabilities(out.compat);
    std::string kube = helm_["kubeVersion"].empty() ? input_.kube_version : helm_["kubeVersion"].str();
    if (!kube.empty()) {
      TAUT_ASSIGN(out.capabilities.kube_version, helm::KubeVersion::parse(kube));
    }
    std::vector<std::string>& versions = out.capabilities.api_versions;
    for (const Value& item : helm_["apiVersions"].items()) versions.push_back(item.str());
    if (helm_["apiVersions"].empty()) {
      versions.insert(versions.end(), input_.api_versions.begin(), input_.api_versions.end());
    }
    out.release.name = helm_["releaseName"].empty() ? input_.application : helm_["releaseName"].str();
    out.release.name_space = helm_["namespace"].empty() ? input_.ns : helm_["namespace"].str();
    out.skip_schema = helm_["skipSchemaValidation"].as_bool();
    return out;
  }

  Result<Value> values() {
    helm::ValueSources sources;
    for (const Value& file : helm_["valueFiles"].items()) TAUT_TRY(add_files(file.as_string(), sources));
    if (const Value& object = helm_["valuesObject"]; object.is_map()) {
      sources.files.push_back({"valuesObject", to_json(object)});
    } else if (!helm_["values"].empty()) {
      sources.files.push_back({"values", helm_["values"].str()});
    }
    for (const Value& parameter : helm_["parameters"].items()) {
      TAUT_ASSIGN(std::string value, environment_.expand(parameter["value"].as_string()));
      auto& list = parameter["forceString"].as_bool() ? sources.strings : sources.typed;
      list.push_back(parameter["name"].str() + "=" + escape_commas(value));
    }
    for (const Value& parameter : helm_["fileParameters"].items()) {
      TAUT_ASSIGN(std::string path, environment_.expand(parameter["path"].as_string()));
      sources.set_files.push_back(parameter["name"].str() + "=" + path);
    }
    return helm::merge_value_sources(sources, [&](std::string_view path) -> Result<std::string> {
      TAUT_ASSIGN(Place place, find(path));
      TAUT_ASSIGN(FileText text, read(place, path));
      return *text;
    });
  }

  bool uses_revision() const { return environment_.uses_revision(); }
  bool skips_crds() const { return helm_["skipCrds"].as_bool(); }
  bool skips_tests() const { return helm_["skipTests"].as_bool(); }

 private:
  // "$NAME/path" is of another source, "/path" from the repository's root, all else from the source's folder.
  Result<Place> find(std::string_view path) const {
    if (path.starts_with("$")) {
      std::string_view name, rest;
      cut(path.substr(1), "/", name, rest);
      auto ref = input_.refs.find(std::string(name));
      if (ref == input_.refs.end()) {
        return fail(Code::kNotFound, "source referenced {}, but no source has a 'ref' field defined", quote(path));
      }
      TAUT_ASSIGN(std::string clean, clean_path(rest));
      return Place{ref->second.get(), std::move(clean)};
    }
    if (contains(path, "://")) {
      return fail(Code::kUnsupported, "the value file {} is a URL; taut reads value files of repositories only",
                  quote(path));
    }
    bool rooted = path.starts_with('/');
    TAUT_ASSIGN(std::string clean,
                clean_path(rooted ? std::string(path.substr(1)) : join_path(source_.path, path)));
    return Place{input_.tree.get(), std::move(clean)};
  }

  static Result<FileText> read(const Place& place, std::string_view shown) {
    auto text = place.tree->read(place.path);
    if (!text && text.error().code() == Code::kNotFound) {
      return fail(Code::kNotFound, "open {}: no such file or directory", shown);
    }
    return text;
  }

  Status add_files(std::string_view written, helm::ValueSources& out) {
    const bool other = written.starts_with('$');
    std::string path(written);
    if (!other) {
      TAUT_ASSIGN(path, environment_.expand(written));
    }
    TAUT_ASSIGN(Place place, find(path));
    std::vector<std::string> found;
    if (is_glob(place.path)) {
      TAUT_ASSIGN(found, match(place));
      if (found.empty() && !ignores_missing()) {
        return fail(Code::kNotFound, "open {}: no such file or directory", path);
      }
    } else {
      found.push_back(place.path);
    }
    for (const std::string& file : found) {
      auto text = read({place.tree, file}, path);
      if (text) {
        out.files.push_back({file, **text});
      } else if (text.error().code() != Code::kNotFound || !ignores_missing()) {
        return fail(std::move(text).error());
      }
    }
    return {};
  }

  bool ignores_missing() const { return helm_["ignoreMissingValueFiles"].as_bool(); }

  // The files that a glob matches, sorted.
  static Result<std::vector<std::string>> match(const Place& place) {
    TAUT_ASSIGN(Glob glob, Glob::compile(place.path, "/"));
    std::string_view fixed = std::string_view(place.path).substr(0, place.path.find_first_of("*?[{"));
    std::vector<std::string> out;
    TAUT_TRY(collect(*place.tree, std::string(parent_path(fixed)), glob, out));
    std::sort(out.begin(), out.end());
    return out;
  }

  static Status collect(const Tree& tree, const std::string& folder, const Glob& glob,
                        std::vector<std::string>& out) {
    auto entries = tree.list(folder);
    if (!entries) return entries.error().code() == Code::kNotFound ? Status() : fail(std::move(entries).error());
    for (const TreeEntry& entry : *entries) {
      std::string path = join_path(folder, entry.name);
      if (entry.type == TreeEntry::Type::kFolder) {
        TAUT_TRY(collect(tree, path, glob, out));
      } else if (entry.type != TreeEntry::Type::kSubmodule && glob.matches(path)) {
        out.push_back(std::move(path));
      }
    }
    return {};
  }

  const RenderInput& input_;
  const Source& source_;
  const Value& helm_;
  BuildEnvironment environment_;
};

Status add_objects(const std::string& path, std::string_view text, Rendered& out) {
  TAUT_ASSIGN(auto objects, read_yaml_manifests(path, text, out.warnings));
  for (RenderedObject& object : objects) {
    // Lines are of the rendered text, which nobody sees.
    object.origin.line = 0;
    out.objects.push_back(std::move(object));
  }
  return {};
}

// Where two renders of one object differ.
void collect_differences(const Value& a, const Value& b, const std::string& pointer, std::vector<std::string>& out) {
  if (a == b) return;
  if (a.is_map() && b.is_map()) {
    for (const auto& [key, value] : a.entries())
      collect_differences(value, b[key.as_string()], pointer + '/' + escape_pointer_step(key.as_string()), out);
  } else if (a.is_list() && b.is_list() && a.size() == b.size()) {
    for (size_t i = 0; i < a.size(); ++i) collect_differences(a[i], b[i], fmt::format("{}/{}", pointer, i), out);
  } else {
    out.push_back(pointer);
  }
}

// Renders one release, once or twice.
class Release {
 public:
  Release(const RenderInput& input, const Source& source)
      : source_(source), options_(input, source), cache_(input.manifests && !input.trace ? input.manifests->helm() : *own_) {
    if (input.trace) trace_ = std::make_shared<helm::Trace>();
  }

  Status load(const RenderInput& input) {
    TAUT_ASSIGN(render_options_, options_.render_options());
    TAUT_ASSIGN(values_, options_.values());
    TAUT_ASSIGN(chart_, load_chart_with_dependencies(input, source_.path));
    return {};
  }

  // What a chart makes at random or of the time differs at each render. Where it asked for such a thing, a second
  // render at another time tells which fields are concerned.
  Result<Rendered> render() {
    Time now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    bool asked = false;
    TAUT_ASSIGN(Rendered out, render_at(now, asked));
    if (!asked) return out;
    TAUT_ASSIGN(Rendered other, render_at(now + std::chrono::hours(37) + std::chrono::seconds(41), asked));
    if (other.objects.size() != out.objects.size()) return out;
    for (size_t i = 0; i < out.objects.size(); ++i)
      collect_differences(out.objects[i].object, other.objects[i].object, "", out.objects[i].generated);
    return out;
  }

 private:
  Result<Rendered> render_at(Time now, bool& asked) {
    render_options_.environment.now = [now, &asked] {
      asked = true;
      return now;
    };
    render_options_.environment.random = [&asked](std::span<uint8_t> bytes) {
      asked = true;
      fill_random(bytes);
    };
    // The first render is the one that is followed.
    const bool follows = trace_ && trace_->files.empty();
    render_options_.trace = follows ? trace_.get() : nullptr;
    TAUT_ASSIGN(auto rendering, helm::render_release(chart_, values_, render_options_, cache_));
    Rendered out;
    out.depends_on_revision = options_.uses_revision();
    if (!options_.skips_crds()) {
      for (const helm::CrdFile& crd : rendering.crds) {
        TAUT_TRY(add_objects(template_path(source_.path, crd.path), *crd.text, out));
      }
    }
    for (const helm::Manifest& manifest : rendering.manifests) {
      TAUT_TRY(add_manifest(manifest, out));
    }
    for (const helm::Hook& hook : rendering.hooks) {
      bool test = std::find(hook.events.begin(), hook.events.end(), "test") != hook.events.end();
      if (test && options_.skips_tests()) continue;
      TAUT_TRY(add_manifest(hook.manifest, out));
    }
    return out;
  }

  Status add_manifest(const helm::Manifest& manifest, Rendered& out) {
    const size_t first = out.objects.size();
    TAUT_TRY(add_objects(template_path(source_.path, manifest.path), manifest.text, out));
    if (!render_options_.trace) return {};
    for (size_t i = first; i < out.objects.size(); ++i) {
      RenderedObject& object = out.objects[i];
      object.chart = std::make_shared<const ChartOrigin>(own_, trace_, manifest, source_.path, object.origin.pointer);
      const ChartOrigin::Line start = object.chart->line_of("/kind");
      if (start.file == object.origin.file) object.origin.line = start.line;
    }
    return {};
  }

  const Source& source_;
  Options options_;
  const std::shared_ptr<helm::RenderCache> own_ = std::make_shared<helm::RenderCache>();
  helm::RenderCache& cache_;
  std::shared_ptr<helm::Trace> trace_;  // of RenderInput::trace
  helm::RenderOptions render_options_;
  Value values_;
  helm::ChartPtr chart_;
};

}  // namespace

Result<Rendered> render_helm(const RenderInput& input, const Source& source) {
  Release release(input, source);
  TAUT_TRY(release.load(input));
  return release.render();
}

}  // namespace taut::render
