#include "kustomize/target.hh"

#include <fmt/ranges.h>

#include "base/strings.hh"
#include "kustomize/kustomize_yaml.hh"
#include "kustomize/read.hh"
#include "tree/path.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.str());
  return out;
}

// Go's filepath.Join of relative paths: ".." that leads out stays.
std::string join_relative(std::string_view base, std::string_view path) {
  std::vector<std::string> parts;
  for (std::string_view text : {base, path}) {
    for (std::string_view part : split(text, '/')) {
      if (part.empty() || part == ".") continue;
      bool up = part == ".." && !parts.empty() && parts.back() != "..";
      if (up) parts.pop_back();
      else parts.emplace_back(part);
    }
  }
  return join(parts, "/");
}

Origin origin_below(const Origin& origin, std::string_view path) {
  Origin out = origin;
  if (auto remote = parse_git_url(path)) {
    out.repo = remote->repository;
    out.ref = remote->ref;
    out.path = remote->path;
  } else {
    out.path = join_relative(origin.path, path);
  }
  return out;
}

Status wrap(Status status, std::string_view prefix) {
  if (status) return status;
  return fail(wrapped(std::move(status).error(), prefix));
}

}  // namespace

Error wrapped(Error error, std::string_view prefix) {
  std::string message = fmt::format("{}: {}", prefix, error.message());
  return std::move(error).with_message(std::move(message));
}

BuildState::BuildState(const BuildOptions& build_options) : options(build_options), schema(Schema::builtin()) {}

Status BuildState::set_schema(const Kustomization& kustomization, const Loader& loader, bool root) {
  const Value& field = kustomization["openapi"];
  FileText text;
  if (field.contains("path")) {
    TAUT_ASSIGN(text, loader.load(field["path"].as_string()));
  }
  if (schema_set && !root) return {};
  if (text) {
    if (field.contains("version"))
      return fail(Code::kInvalid, "builtin version and custom schema provided, cannot use both");
    schema_set = true;
    return use_schema(*text);
  }
  std::string_view version = field["version"].as_string();
  schema_set = !version.empty();
  if (schema_set && version != "v1.21.2")
    return fail(Code::kInvalid, "the specified OpenAPI version is not built in");
  return {};
}

Status BuildState::use_schema(std::string_view text) {
  auto document = yaml_to_json(text);
  if (!document) return fail(wrapped(document.error(), "invalid schema file"));
  auto custom = Schema::with_openapi(*document);
  if (!custom) return fail(wrapped(custom.error(), "invalid schema file"));
  schema = **custom;
  return {};
}

void BuildState::warn(std::string warning) {
  if (options.warn) options.warn(warning);
  warnings.push_back(std::move(warning));
}

Result<Target> Target::load(Loader loader, BuildState& state) {
  TAUT_ASSIGN(Kustomization kustomization, load_kustomization(loader, [&](std::string warning) { state.warn(std::move(warning)); }));
  for (std::set<std::string>* folders : state.recording) folders->insert(loader.place());
  return Target(std::move(loader), std::move(kustomization), state);
}

Result<Accumulator> Target::accumulate(Accumulator accumulator) {
  TAUT_TRY(wrap(accumulate_resources(accumulator, texts(kustomization_["resources"])), "accumulating resources"));
  TAUT_TRY(read_configurations(accumulator));
  TAUT_TRY(run_generators(accumulator));
  TAUT_TRY(wrap(accumulate_components(accumulator), "accumulating components"));
  TAUT_TRY(run_transformers(accumulator));
  TAUT_TRY(run_validators(accumulator));
  const Value& vars = kustomization_["vars"];
  if (Status merged = accumulator.merge_vars(vars); !merged) {
    std::vector<std::string> list;
    for (const Value& var : vars.items()) list.push_back(var_text(var));
    return fail(wrapped(merged.error(), fmt::format("merging vars [{}]", fmt::join(list, " "))));
  }
  return accumulator;
}

Status Target::accumulate_resources(Accumulator& accumulator, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    Status file = accumulate_file(accumulator, path);
    if (file) continue;
    // A server that has no such file is not asked for a repository.
    if (contains(file.error().message(), kHttpError)) return file;
    auto folder = loader_.enter(path);
    if (!folder) {
      // A file that is no YAML is the trouble, not that it is no folder.
      if (contains(file.error().message(), "MalformedYAMLError")) return file;
      return fail(wrapped(folder.error(), fmt::format("accumulation err='{}'", file.error().message())));
    }
    Status status = accumulate_folder(accumulator, path, *folder, false);
    if (!status) return fail(wrapped(status.error(), fmt::format("accumulation err='{}'", file.error().message())));
  }
  return {};
}

Status Target::accumulate_file(Accumulator& accumulator, const std::string& path) {
  std::string reading = fmt::format("accumulating resources from '{}'", path);
  auto located = is_http_url(path) ? Result<std::string>(path) : loader_.locate(path);
  if (!located) return fail(wrapped(located.error(), reading));
  auto text = loader_.load(path);
  if (!text) return fail(wrapped(text.error(), reading));
  auto resources = read_resources(**text);
  if (!resources) {
    Error error = with_file(resources.error(), path);
    Position position = error.position();
    position.file = is_http_url(path) ? path : loader_.files().shown(*located);
    return fail(wrapped(std::move(error).at(std::move(position)), reading));
  }
  ResMap map;
  for (Resource& resource : *resources) {
    resource.schema = &state_->schema;
    resource.file = loader_.told(*located);
    if (origin_) resource.origin = origin_below(*origin_, path);
    TAUT_TRY(wrap(map.append(std::move(resource)), reading));
  }
  if (traced()) note_read(map);
  return wrap(accumulator.resources.append_all(std::move(map)), fmt::format("merging resources from '{}'", path));
}

Status Target::accumulate_folder(Accumulator& accumulator, const std::string& path, const Loader& loader,
                                 bool component) {
  auto child = Target::load(loader, *state_);
  if (!child) return fail(wrapped(child.error(), fmt::format("couldn't make target for path '{}'", loader.shown())));
  if (const Value* metadata = kustomization_.fields.find("buildMetadata"))
    child->kustomization_.fields.set("buildMetadata", *metadata);
  else child->kustomization_.fields.erase("buildMetadata");
  if (origin_) child->origin_ = origin_below(*origin_, path);
  child->helm_namespace_ = kustomization_["namespace"].empty() ? helm_namespace_ : kustomization_["namespace"].str();
  TAUT_TRY(state_->set_schema(child->kustomization_, loader, false));
  bool is_component = child->kustomization_.is_component();
  if (component && !is_component)
    return fail(Code::kInvalid, "expected kind 'Component' for path '{}' but got '{}'", loader.shown(),
                child->kustomization_.text("kind"));
  if (!component && is_component)
    return fail(Code::kInvalid, "expected kind != 'Component' for path '{}'", loader.shown());
  auto gathered = child_accumulator(*child, component, accumulator);
  if (!gathered)
    return fail(wrapped(gathered.error(), fmt::format("recursed accumulation of path '{}'", loader.shown())));
  if (component) accumulator = Accumulator();
  return wrap(accumulator.merge(std::move(*gathered)),
              fmt::format("recursed merging from path '{}'", loader.shown()));
}

// A folder that was accumulated before gives the same again, unless it is where this chain comes from, or origins are
// tracked, which differ.
Result<Accumulator> Target::child_accumulator(Target& child, bool component, Accumulator& parent) {
  if (component) return child.accumulate(std::move(parent));
  if (origin_) return child.accumulate(Accumulator());
  std::string key = child.loader_.place() + '\0' + child.helm_namespace_;
  auto known = state_->shared.find(key);
  if (known != state_->shared.end()) {
    bool usable = true;
    for (const std::string& folder : known->second.folders)
      usable = usable && (folder == child.loader_.place() || child.loader_.check_cycle(folder));
    if (usable) {
      for (std::set<std::string>* folders : state_->recording)
        folders->insert(known->second.folders.begin(), known->second.folders.end());
      for (const std::string& warning : known->second.warnings) state_->warn(warning);
      return known->second.accumulator;
    }
  }
  std::set<std::string> folders{child.loader_.place()};
  size_t warnings = state_->warnings.size();
  state_->recording.push_back(&folders);
  auto gathered = child.accumulate(Accumulator());
  state_->recording.pop_back();
  if (gathered)
    state_->shared[key] = {*gathered, std::move(folders),
                           {state_->warnings.begin() + static_cast<ptrdiff_t>(warnings), state_->warnings.end()}};
  return gathered;
}

Status Target::accumulate_components(Accumulator& accumulator) {
  for (const std::string& path : texts(kustomization_["components"])) {
    auto folder = loader_.enter(path);
    if (!folder)
      return fail(Error(folder.error()).with_message(fmt::format("loader.New {}", quote(folder.error().message()))));
    Status status = accumulate_folder(accumulator, path, *folder, true);
    if (!status)
      return fail(Error(status.error())
                      .with_message(fmt::format("accumulateDirectory: {}", quote(status.error().message()))));
  }
  return {};
}

Status Target::read_configurations(Accumulator& accumulator) {
  auto config = builtin_config();
  if (!kustomization_["configurations"].empty()) {
    auto merged = std::make_shared<TransformerConfig>(*config);
    TransformerConfig files;
    for (const std::string& path : texts(kustomization_["configurations"])) {
      TAUT_ASSIGN(FileText text, loader_.load(path));
      TAUT_ASSIGN(TransformerConfig one, TransformerConfig::parse(*text));
      TAUT_TRY(files.merge(one));
    }
    TAUT_TRY(merged->merge(files));
    config = std::move(merged);
  }
  TAUT_TRY(wrap(accumulator.merge_config(std::move(config)), "merging config"));
  auto crds = std::make_shared<TransformerConfig>();
  auto paths = texts(kustomization_["crds"]);
  auto read_crds = [&]() -> Status {
    for (const std::string& path : paths) {
      TAUT_ASSIGN(FileText text, loader_.load(path));
      auto one = config_of_crds(*text);
      if (!one)
        return fail(wrapped(one.error(), fmt::format("unable to parse open API definition from '{}'", path)));
      TAUT_TRY(crds->merge(*one));
    }
    return {};
  };
  TAUT_TRY(wrap(read_crds(), fmt::format("loading CRDs [{}]", fmt::join(paths, " "))));
  return wrap(accumulator.merge_config(std::move(crds)), "merging CRDs");
}

}  // namespace taut::kustomize
