#include "render/source.hh"

#include "base/strings.hh"
#include "tree/path.hh"
#include "value/patch.hh"
#include "yaml/reader.hh"

namespace taut::render {

namespace {

// In the order in which Argo CD names them when several are set.
constexpr std::pair<std::string_view, SourceType> kBlocks[] = {{"kustomize", SourceType::kKustomize},
                                                               {"helm", SourceType::kHelm},
                                                               {"directory", SourceType::kDirectory},
                                                               {"plugin", SourceType::kPlugin}};

Result<std::string> source_path(const RenderInput& input) {
  if (input.path.starts_with('/')) return fail(Code::kForbidden, "{}: app path is absolute", input.path);
  auto path = clean_path(input.path);
  if (!path) return fail(Code::kForbidden, "{}: app path outside root", input.path);
  auto entry = input.tree->stat(*path);
  if (!entry) {
    if (entry.error().code() != Code::kNotFound) return Failure(entry.error());
    return fail(Error(Code::kNotFound, fmt::format("{}: app path does not exist", input.path))
                    .with_hint("check `path`, and that the revision holds it"));
  }
  if (entry->type == TreeEntry::Type::kFile)
    return fail(Code::kInvalid, "{}: app path is not a directory", input.path);
  return path;
}

Status merge_overrides(const RenderInput& input, const std::string& folder, Value& parameters) {
  std::vector<std::string> names = {".argocd-source.yaml"};
  if (!input.application.empty()) names.push_back(fmt::format(".argocd-source-{}.yaml", input.application));
  for (const std::string& name : names) {
    std::string path = join_path(folder, name);
    auto text = input.tree->read(path);
    if (!text) {
      if (text.error().code() == Code::kNotFound) continue;
      return Failure(text.error());
    }
    auto document = parse_yaml_document(**text, {.reject_duplicate_keys = false});
    if (!document) {
      Position position = document.error().position();
      position.file = path;
      Error error(Code::kInvalid,
                  fmt::format("error while parsing source parameters: {}", document.error().message()));
      return fail(std::move(error).at(std::move(position)));
    }
    for (auto [block, type] : kBlocks) {
      const Value* patch = document->root.find(block);
      if (patch == nullptr) continue;
      if (patch->is_null()) {
        parameters.erase(block);
      } else {
        parameters.set(block, apply_merge_patch(parameters[block], *patch));
      }
    }
  }
  return {};
}

// A block that says nothing counts as not set, as after Argo CD's normalization of an Application.
bool says_nothing(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull: return true;
    case Kind::kMap:
      return std::all_of(value.entries().begin(), value.entries().end(),
                         [](const Entry& e) { return says_nothing(e.value); });
    case Kind::kBool: return !value.as_bool();
    case Kind::kString:
    case Kind::kList: return value.empty();
    default: return value == Value(0);
  }
}

Value normalized(const Value& source) {
  Value out = source.is_map() ? source : Value::map();
  for (auto [block, type] : kBlocks) {
    if (says_nothing(out[block])) out.erase(block);
  }
  return out;
}

Result<std::optional<SourceType>> explicit_type(const Value& parameters) {
  std::vector<SourceType> set;
  for (auto [block, type] : kBlocks) {
    const Value* value = parameters.find(block);
    if (value != nullptr && !value->is_null()) set.push_back(type);
  }
  if (set.empty()) return std::optional<SourceType>();
  if (set.size() == 1) return std::optional(set[0]);
  std::vector<std::string_view> names;
  for (SourceType type : set) names.push_back(source_type_name(type));
  return fail(Code::kInvalid, "multiple application sources defined: {}", join(names, ","));
}

Result<SourceType> discover(const RenderInput& input, const std::string& folder) {
  TAUT_ASSIGN(auto entries, input.tree->list(folder));
  SourceType type = SourceType::kDirectory;
  for (const TreeEntry& entry : entries) {
    if (entry.type == TreeEntry::Type::kFolder) continue;
    if (entry.name == "kustomization.yaml" || entry.name == "kustomization.yml" || entry.name == "Kustomization") {
      return SourceType::kKustomize;
    }
    if (entry.name == "Chart.yaml") type = SourceType::kHelm;
  }
  return type;
}

}  // namespace

Result<Source> find_source(const RenderInput& input) {
  Source source;
  TAUT_ASSIGN(source.path, source_path(input));
  source.parameters = normalized(input.source);
  if (input.argo_overrides) TAUT_TRY(merge_overrides(input, source.path, source.parameters));
  TAUT_ASSIGN(auto type, explicit_type(source.parameters));
  if (type) {
    source.type = *type;
  } else {
    TAUT_ASSIGN(source.type, discover(input, source.path));
  }
  return source;
}

}  // namespace taut::render
