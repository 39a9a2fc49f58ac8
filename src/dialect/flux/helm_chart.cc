#include <fmt/format.h>
#include <re2/re2.h>

#include "base/hash.hh"
#include "base/semver.hh"
#include "base/strings.hh"
#include "dialect/flux/helm_repository.hh"
#include "helm/values_file.hh"
#include "render/chart_dependencies.hh"
#include "tree/archive.hh"
#include "tree/path.hh"
#include "tree/views.hh"
#include "yaml/writer.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kValues = "values.yaml";
constexpr size_t kShortRevision = 12;

// Faults of a build, with the words that come before them. Some only a change of the object mends.
struct Fault {
  const char* type;
  const char* reason;
  const char* summary;
  bool stalls = false;
};
constexpr Fault kReference = {"FetchFailed", "InvalidChartReference", "invalid chart reference", true};
constexpr Fault kPull = {"FetchFailed", "ChartPullError", "chart pull error"};
constexpr Fault kMetadata = {"BuildFailed", "MetadataPatchError", "chart metadata patch error", true};
constexpr Fault kMerge = {"BuildFailed", "ValuesFilesError", "values files merge error", true};
constexpr Fault kDependencies = {"BuildFailed", "DependencyBuildError", "dependency build error"};
constexpr Fault kPackage = {"BuildFailed", "ChartPackageError", "chart package error"};

SourceError error_of(const Fault& fault, std::string_view message) {
  return {fault.type, fault.reason, fmt::format("{}: {}", fault.summary, message), fault.stalls};
}
tl::unexpected<SourceError> failed(const Fault& fault, std::string_view message) { return tl::unexpected(error_of(fault, message)); }

std::optional<SourceError> unsupported_field(const Value& spec) {
  if (spec["verify"].empty()) return std::nullopt;
  SourceError error = fetch_failed(std::string(kUnsupportedField), "spec.verify is not supported: signatures of charts are not verified yet");
  error.stalled = true;
  return error;
}

// A list of values.yaml alone asks for nothing.
std::vector<std::string> wanted_files(const Value& spec) {
  std::vector<std::string> out;
  for (const Value& file : spec["valuesFiles"].items()) out.push_back(file.str());
  auto clean = out.size() == 1 ? clean_path(out.front()) : Result<std::string>("");
  if (clean && *clean == kValues) out.clear();
  return out;
}

struct Work {
  TreePtr tree;             // with Chart.yaml at its root
  helm::ChartPtr chart;
  std::string name, version;
  bool packaged = false;
  std::string metadata = {};  // for the version
};

std::optional<std::string> text_in(const Tree& tree, const std::string& path) {
  auto clean = clean_path(path);
  if (!clean) return std::nullopt;
  auto text = tree.read(*clean);
  if (!text) return std::nullopt;
  return **text;
}

// The values files one over the other take the place of the chart's values. `files`: where they are looked for.
std::optional<SourceError> merge_values(const Value& spec, const Tree& files, Work& work, Value& merged_files) {
  auto wanted = wanted_files(spec);
  if (wanted.empty()) return std::nullopt;
  Value merged = Value::map();
  for (const std::string& path : wanted) {
    auto text = text_in(files, path);
    if (!text && spec["ignoreMissingValuesFiles"].as_bool()) continue;
    if (!text) return error_of(kMerge, fmt::format("failed to merge chart values: no values file found at path '{}'", path));
    auto values = helm::read_values(*text);
    if (!values) return error_of(kMerge, fmt::format("failed to merge chart values: unmarshaling values from '{}' failed: {}", path, values.error().message()));
    merged = helm::merge_maps(merged, *values);
    merged_files.push_back(path);
  }
  if (merged_files.empty()) return std::nullopt;
  auto chart = std::make_shared<helm::Chart>(*work.chart);
  chart->values = std::move(merged);
  work.chart = std::move(chart);
  work.packaged = true;
  return std::nullopt;
}

std::optional<SourceError> set_version(Work& work) {
  if (work.metadata.empty()) return std::nullopt;
  auto version = Version::parse(work.version);
  if (!version) return error_of(kMetadata, fmt::format("failed to parse version from chart metadata as SemVer: {}", version.error().message()));
  version->metadata = work.metadata;
  work.version = version->to_string();
  auto chart = std::make_shared<helm::Chart>(*work.chart);
  chart->metadata.version = work.version;
  work.chart = std::move(chart);
  work.packaged = true;
  return std::nullopt;
}

// The generation is part of the version where values files make a chart another.
void add_generation(const Value& object, Work& work) {
  if (wanted_files(object["spec"]).empty()) return;
  if (!work.metadata.empty()) work.metadata += '.';
  work.metadata += fmt::format("{}", object["metadata"]["generation"].as_int());
}

tl::expected<Work, SourceError> from_repository(const Value& object, HelmClient& client) {
  const Value& spec = object["spec"];
  Work out;
  out.name = spec["chart"].str();
  static const RE2 kName(R"(^([-a-z0-9]+/?\.?)+$)");
  if (!RE2::FullMatch(out.name, kName))
    return failed(kReference, fmt::format("invalid chart name '{}': a valid name must be lower case letters and numbers and MAY be separated "
                                          "with dashes (-), slashes (/) or periods (.)", out.name));
  // One that is suspended stays what it is.
  const Value& held = object["status"]["artifact"]["revision"];
  auto version = client.find(out.name, spec["suspend"].as_bool() && !held.empty() ? held.str() : spec["version"].str());
  if (!version) {
    bool reference = version.error().code() == Code::kNotFound || version.error().code() == Code::kInvalid;
    return failed(reference ? kReference : kPull, fmt::format("failed to get chart version for remote reference: {}", version.error().message()));
  }
  auto tree = client.files(out.name, *version);
  if (!tree) return failed(kPull, fmt::format("failed to download chart for remote reference: {}", tree.error().message()));
  auto chart = helm::load_chart(**tree);
  if (!chart) return failed(kPackage, fmt::format("failed to load downloaded chart: {}", chart.error().message()));
  out.tree = *tree;
  out.chart = *chart;
  out.name = (*chart)->metadata.name;
  out.version = (*chart)->metadata.version;
  add_generation(object, out);
  return out;
}

// A chart in an archive among the files.
tl::expected<Work, SourceError> packaged_in(const Tree& files, const std::string& path) {
  auto bytes = files.read(path);
  if (!bytes) return failed(kReference, bytes.error().message());
  auto chart = helm::load_chart_archive(**bytes);
  if (!chart) return failed(kReference, chart.error().message());
  auto tree = read_archive(**bytes);
  return Work{tree ? *tree : nullptr, *chart, (*chart)->metadata.name, (*chart)->metadata.version};
}

tl::expected<Work, SourceError> unpackaged_in(const ChartFrom& from, const std::string& path) {
  auto tree = path.empty() ? Result<TreePtr>(from.files->tree) : sub_tree(from.files->tree, path);
  if (!tree) return failed(kReference, fmt::format("no chart found at path '{}'", path));
  render::RenderInput input;
  input.tree = from.files->tree;
  input.path = path;
  input.charts = from.dependencies;
  if (auto alone = helm::load_chart(**tree); !alone) return failed(kReference, alone.error().message());
  auto chart = render::load_chart_with_dependencies(input, path);
  if (!chart) return failed(kDependencies, chart.error().message());
  return Work{*tree, *chart, (*chart)->metadata.name, (*chart)->metadata.version, true};
}

tl::expected<Work, SourceError> from_files(const Value& object, const ChartFrom& from) {
  const Value& spec = object["spec"];
  auto path = clean_path(spec["chart"].as_string());
  if (!path) return failed(kReference, path.error().message());
  auto entry = from.files->tree->stat(*path);
  bool archive = !path->empty() && entry && entry->type == TreeEntry::Type::kFile;
  auto out = archive ? packaged_in(*from.files->tree, *path) : unpackaged_in(from, *path);
  if (!out) return out;
  if (spec["reconcileStrategy"].as_string() == "Revision") out->metadata = from.files->sha.substr(0, kShortRevision);
  add_generation(object, *out);
  return out;
}

// Equal for the same chart with the same values.
Result<std::string> digest_of(const Work& work) {
  std::string text = work.tree ? std::string() : work.name;
  if (work.tree) {
    TAUT_ASSIGN(text, artifact_digest(*work.tree));
  }
  if (!work.packaged) return text;
  return "xxh128:" + hash128(fmt::format("{}\n{}\n{}", text, work.version, to_yaml(work.chart->values))).hex();
}

std::string summary_of(const Work& work, const Value& values_files) {
  std::string out = fmt::format("{} '{}' chart with version '{}'", work.packaged ? "packaged" : "pulled", work.name, work.version);
  std::vector<std::string> names;
  for (const Value& file : values_files.items()) names.push_back(file.str());
  if (!names.empty()) out += fmt::format(" and merged values files [{}]", join(names, " "));
  return out;
}

}  // namespace

SourceRef chart_source_of(const Value& chart) {
  const Value& ref = chart["spec"]["sourceRef"];
  return {ref["kind"].str(), std::string(namespace_of(chart)), ref["name"].str()};
}

tl::expected<BuiltChart, SourceError> build_chart(const Value& object, const ChartFrom& from) {
  if (auto error = unsupported_field(object["spec"])) return tl::unexpected(*error);
  auto work = from.client ? from_repository(object, *from.client) : from_files(object, from);
  if (!work) return tl::unexpected(work.error());
  BuiltChart out;
  // Those of a chart in files are named from the root of the files.
  const TreePtr& files = from.client ? work->tree : from.files->tree;
  if (auto error = merge_values(object["spec"], *files, *work, out.values_files)) return tl::unexpected(*error);
  if (auto error = set_version(*work)) return tl::unexpected(*error);
  auto digest = digest_of(*work);
  if (!digest) return failed(kPackage, digest.error().message());
  out.name = work->name;
  out.summary = summary_of(*work, out.values_files);
  out.reason = work->packaged ? "ChartPackageSucceeded" : "ChartPullSucceeded";
  out.artifact.revision = work->version;
  out.artifact.sha = revision_hash(*digest);
  out.artifact.digest = std::move(*digest);
  out.artifact.tree = work->tree;
  out.artifact.chart = work->chart;
  return out;
}

SourceOutcome chart_outcome(const Value& object, tl::expected<BuiltChart, SourceError> built, const std::string& source_revision) {
  SourceOutcome out;
  if (!source_revision.empty()) out.observed.set("observedSourceArtifactRevision", source_revision);
  if (!built) {
    out.error = std::move(built.error());
    return out;
  }
  out.reason = out.event_reason = built->reason;
  out.message = std::move(built->summary);
  out.observed.set("observedChartName", built->name);
  out.observed.set("observedValuesFiles", object["spec"]["ignoreMissingValuesFiles"].as_bool() ? built->values_files : Value());
  out.artifact = std::move(built->artifact);
  return out;
}

}  // namespace taut::flux
