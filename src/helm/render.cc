#include "helm/render.hh"

#include <algorithm>

#include "base/semver.hh"
#include "base/strings.hh"
#include "helm/coalesce.hh"
#include "helm/dependencies.hh"
#include "helm/object_types.hh"
#include "helm/schema_check.hh"
#include "lang/gotmpl/funcs/failure.hh"
#include "lang/gotmpl/funcs/table.hh"
#include "lang/gotmpl/helm_error.hh"
#include "tree/path.hh"

namespace taut::helm {

namespace {

constexpr std::string_view kNotes = "NOTES.txt";

Error with_debug_hint(Error error) {
  return std::move(error).with_hint("Use --debug flag to render out invalid YAML");
}

Failure reworded(Error error, std::string message) {
  return fail(std::move(error).with_message(std::move(message)));
}

Status check_installable(const Chart& chart) {
  const std::string& version = chart.metadata.api_version;
  if (version != "v1" && version != "v2") return fail(Code::kInvalid, "unsupported chart version");
  const std::string& type = chart.metadata.type;
  if (!type.empty() && type != "application") return fail(Code::kInvalid, "{} charts are not installable", type);
  return check_dependencies(chart);
}

Status check_kube_version(const Chart& chart, const KubeVersion& version) {
  const std::string& wanted = chart.metadata.kube_version;
  if (wanted.empty()) return {};
  auto range = VersionRange::parse(wanted);
  auto have = Version::parse(version.normalized);
  if (range && have && range->contains(*have)) return {};
  return fail(Code::kInvalid, "chart requires kubeVersion: {} which is incompatible with Kubernetes {}", wanted,
              version.version);
}

void find_crds(const ReleaseChart& chart, std::vector<CrdFile>& out) {
  const std::string path = chart.full_path();
  for (const ChartFile& file : chart.chart->files) {
    if (is_crd_file(file)) out.push_back({join_path(path, file.name), file.text});
  }
  for (const ReleaseChart& child : chart.charts) find_crds(child, out);
}

// Takes the notes out of the files: those of the root chart, or of all.
std::string take_notes(const ReleaseChart& chart, bool of_all, std::map<std::string, std::string>& files) {
  const std::string own = chart.name + "/templates/" + std::string(kNotes);
  std::string notes;
  for (auto it = files.begin(); it != files.end();) {
    if (!it->first.ends_with(kNotes)) {
      ++it;
      continue;
    }
    if (of_all || it->first == own) {
      if (!notes.empty()) notes += '\n';
      notes += it->second;
    }
    it = files.erase(it);
  }
  return notes;
}

Result<std::map<std::string, std::string>> render_files(ReleaseValues& values, const RenderOptions& options,
                                                        RenderCache& cache) {
  TAUT_TRY(check_kube_version(*values.chart.chart, options.capabilities.kube_version));
  return render_templates(values, options, cache);
}

// Follows an execution where a trace is asked for.
class Tracing {
 public:
  Tracing(gotmpl::Execution& execution, const std::vector<TemplateFile>& files, Trace* out) : execution_(execution), files_(files), out_(out) {
    if (out_ == nullptr) return;
    for (const TemplateFile& file : files_) out_->sources.emplace(file.path, file.text);
    execution_.trace(&origins_, &reads_);
  }

  void keep(const TemplateFile& file, const std::string& text) {
    if (out_ == nullptr) return;
    out_->files[file.path] = {text, std::move(origins_), resolve_reads(reads_, files_)};
    origins_.clear();
    reads_.clear();
  }

 private:
  gotmpl::Execution& execution_;
  const std::vector<TemplateFile>& files_;
  Trace* out_;
  std::vector<gotmpl::Origin> origins_;
  std::vector<gotmpl::Read> reads_;
};

}  // namespace

Status compute_values(const Value& values, const RenderOptions& options, ReleaseValues& out, RenderCache& cache,
                      std::vector<std::string>* warnings) {
  Coalescer coalescer(out.tables, options.compat, warnings);
  TAUT_ASSIGN(out.values, coalescer.coalesce(out.chart, *out.tables.thaw(values)));
  if (options.skip_schema || !has_schema(out.chart)) return {};
  return check_schemas(out.chart, freeze(*out.values), cache);
}

namespace {

Status parse_all(const std::vector<TemplateFile>& files, const gotmpl::FunctionTable& functions, RenderCache& cache,
                 gotmpl::TemplateSet& set) {
  for (const TemplateFile& file : files) {
    auto parsed = cache.parse(file.path, file.text, functions);
    if (!parsed) {
      std::string message = gotmpl::helm_parse_error(file.path, parsed.error().message());
      return reworded(std::move(parsed).error(), std::move(message));
    }
    set.add(std::move(*parsed));
  }
  return {};
}

// Sets .Template for a file.
void tell_template(const TemplateFile& file, gotmpl::Heap& heap) {
  gotmpl::Map& about = heap.map(2);
  about.set("BasePath", gotmpl::Value::text(file.base_path));
  about.set("Name", gotmpl::Value::text(file.path));
  about.watch_id() = gotmpl::Watch::kConstantNode;
  file.context->set("Template", about.name_type(types::kValues));
}

Result<std::string> render_file(const TemplateFile& file, gotmpl::Execution& execution) {
  auto text = execution.render(file.path, file.context->name_type(types::kValues));
  if (text) return text;
  std::string_view error = text.error().message();
  std::string message = gotmpl::helm_exec_error(error, gotmpl::marked_failure(error));
  return reworded(std::move(text).error(), std::move(message));
}

}  // namespace

namespace {

Result<std::map<std::string, std::string>> render_all(ReleaseValues& values, const RenderOptions& options, RenderCache& cache) {
  gotmpl::Heap heap;
  RenderMemo* memo = values.memo;
  TemplateObjects objects(heap, options.release, options.capabilities, memo != nullptr);
  std::vector<TemplateFile> files = objects.files(values.chart, *values.values);
  const int helm = options.compat == Compat::kHelm41 ? 41 : 42;
  const gotmpl::FunctionTable& functions = gotmpl::helm_functions(helm);
  gotmpl::TemplateSet set(functions);
  TAUT_TRY(parse_all(files, functions, cache, set));
  if (memo) memo->start(values.chart, files, options, objects, heap);
  gotmpl::Environment environment = memo ? memo->watched(options.environment) : options.environment;
  environment.helm = helm;
  gotmpl::Execution execution(set, heap, environment, gotmpl::MissingKey::kZero, options.limits);
  std::map<std::string, std::string> out;
  Tracing tracing(execution, files, options.trace);
  for (size_t i = 0; i < files.size(); ++i) {
    const TemplateFile& file = files[i];
    if (base_name(file.path).starts_with('_')) continue;
    tell_template(file, heap);
    if (const std::string* known = memo ? memo->known(i) : nullptr) {
      out.emplace(file.path, *known);
      continue;
    }
    TAUT_ASSIGN(std::string text, render_file(file, execution));
    tracing.keep(file, text);
    if (contains(text, "<no value>")) text = replace_all(text, "<no value>", "");
    if (memo) memo->keep(i, text);
    text.shrink_to_fit();
    out.emplace(file.path, std::move(text));
  }
  return out;
}

Failure passed(const gotmpl::LimitPassed& limit) { return fail(Code::kLimit, "the limit on the {} was passed", limit.what); }

}  // namespace

Result<std::map<std::string, std::string>> render_templates(ReleaseValues& values, const RenderOptions& options,
                                                            RenderCache& cache) {
  // Within a template the evaluator says where; what is made around them counts as well.
  try {
    return render_all(values, options, cache);
  } catch (const gotmpl::LimitPassed& limit) {
    return passed(limit);
  }
}

Result<std::vector<CrdFile>> chart_crds(const ChartPtr& chart, const Value& values, Compat compat) {
  ReleaseChart root;
  make_release_chart(chart, nullptr, root);
  if (Status status = process_dependencies(root, values, compat, nullptr); !status) {
    std::string message = "chart dependencies processing failed: " + status.error().message();
    return reworded(std::move(status).error(), std::move(message));
  }
  std::vector<CrdFile> out;
  find_crds(root, out);
  return out;
}

Result<std::string> render_text(const std::string& text, const gotmpl::Environment& environment) {
  constexpr std::string_view kName = "name-template";
  const gotmpl::FunctionTable& functions = gotmpl::helm_functions(environment.helm);
  TAUT_ASSIGN(auto parsed, gotmpl::parse_shared(std::string(kName), std::make_shared<const std::string>(text), functions));
  gotmpl::TemplateSet set(functions);
  set.add(std::move(parsed));
  gotmpl::Heap heap;
  gotmpl::Execution execution(set, heap, environment);
  return execution.render(kName, gotmpl::Value());
}

namespace {

// A memo for one render, given back when all went well.
class MemoOfRelease {
 public:
  MemoOfRelease(const Chart& chart, const RenderOptions& options, RenderCache& cache)
      : cache_(cache),
        key_(hash128(fmt::format("{}\n{}\n{}", chart.metadata.name, options.release.name, options.release.name_space))) {
    if (options.trace == nullptr) memo_ = cache.take_memo(key_);
  }
  RenderMemo* get() { return memo_.get(); }
  // Documents take about twice as much as their text.
  void give_back() {
    if (memo_) cache_.give_memo(key_, memo_, memo_->bytes() * 4);
  }

 private:
  RenderCache& cache_;
  const Hash128 key_;
  std::shared_ptr<RenderMemo> memo_;
};

}  // namespace

Result<Rendering> render_release(const ChartPtr& chart, const Value& values, const RenderOptions& options,
                                 RenderCache& cache) {
  Rendering out;
  TAUT_TRY(check_installable(*chart));
  MemoOfRelease memo(*chart, options, cache);
  ReleaseValues release;
  release.memo = memo.get();
  make_release_chart(chart, nullptr, release.chart);
  if (Status status = process_dependencies(release.chart, values, options.compat, &out.warnings); !status) {
    std::string message = "chart dependencies processing failed: " + status.error().message();
    return reworded(std::move(status).error(), std::move(message));
  }
  TAUT_TRY(compute_values(values, options, release, cache, &out.warnings));
  auto files = render_files(release, options, cache);
  if (!files) return fail(with_debug_hint(std::move(files).error()));
  out.notes = take_notes(release.chart, options.sub_notes, *files);
  if (options.post_render) {
    if (Status status = options.post_render(*files); !status) return fail(std::move(status).error());
  }
  FileManifests* known = memo.get() && options.documents ? &memo.get()->manifests() : nullptr;
  auto manifests = sort_manifests(*files, {options.compat, options.documents, known}, &out.warnings);
  if (!manifests && options.texts) *options.texts = *files;
  if (!manifests) return fail(with_debug_hint(std::move(manifests).error()));
  out.manifests = std::move(manifests->plain);
  out.hooks = std::move(manifests->hooks);
  memo.give_back();
  find_crds(release.chart, out.crds);
  out.values = release.chart.values;
  out.dependencies = std::move(release.chart.dependencies);
  return out;
}

}  // namespace taut::helm
