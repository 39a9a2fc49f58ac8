// git: folders or files of a repository, one parameter set for each.
#include <algorithm>

#include "base/strings.hh"
#include "dialect/argo/appset/generator_kinds.hh"
#include "dialect/argo/appset/parameters.hh"
#include "value/go_text.hh"
#include "yaml/reader.hh"

namespace taut::argo::appset {
namespace {

Value segments_of(std::string_view path) {
  Value out = Value::list();
  for (std::string_view part : split(path, '/')) out.push_back(part);
  return out;
}

// What is known of a path: nested for Go's language, with dotted names otherwise.
void add_path(Value& parameters, std::string_view path, std::string_view file, const std::string& prefix, bool go_template) {
  std::string base = base_of(path);
  Value about = Value::map({{"path", path}, {"basename", base}, {"basenameNormalized", normalized_name(base)}});
  if (!file.empty()) {
    about.set("filename", file);
    about.set("filenameNormalized", normalized_name(file));
  }
  if (go_template) {
    about.set("segments", segments_of(path));
    parameters.set(prefix.empty() ? "path" : prefix, prefix.empty() ? about : Value::map({{"path", about}}));
    return;
  }
  std::string name = prefix.empty() ? "path" : prefix + ".path";
  parameters.set(name, path);
  for (const auto& [key, value] : about.entries())
    if (key.as_string() != "path") parameters.set(name + "." + std::string(key.as_string()), value);
  size_t index = 0;
  for (std::string_view part : split(path, '/')) {
    if (!part.empty()) parameters.set(fmt::format("{}[{}]", name, index), part);
    ++index;
  }
}

Result<ParameterSets> from_folders(const Value& git, const Language& language, World& world) {
  auto folders = world.folders(git["repoURL"].str(), git["revision"].str());
  if (!folders) return fail(folders.error().code(), "error getting directories from repo: {}", folders.error().message());
  ParameterSets out;
  for (const std::string& folder : *folders) {
    bool included = false, excluded = false;
    for (const Value& item : git["directories"].items())
      if (path_matches(item["path"].as_string(), folder)) (item["exclude"].as_bool() ? excluded : included) = true;
    if (!included || excluded) continue;
    Value parameters = Value::map({});
    add_path(parameters, folder, "", git["pathParamPrefix"].str(), language.go_template);
    if (auto added = add_values(git["values"], parameters, language); !added)
      return fail(added.error().code(), "error generating params from apps: failed to append templated values: {}", added.error().message());
    out.push_back(std::move(parameters));
  }
  return out;
}

// A map, or a list of maps; an empty file is an empty map.
Result<std::vector<Value>> objects_in(const std::string& text) {
  auto document = parse_yaml_document(text, {.reject_duplicate_keys = false});
  if (!document) return fail(Code::kInvalid, "unable to parse file: error converting YAML to JSON: {}", document.error().message());
  const Value& root = document->root;
  if (root.is_null()) return std::vector<Value>{Value::map({})};
  if (root.is_map()) return std::vector<Value>{root};
  std::vector<Value> out;
  for (const Value& item : root.items()) {
    if (!item.is_map() && !item.is_null())
      return fail(Code::kInvalid, "unable to parse file: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go "
                                  "value of type map[string]interface {{}}", go_json_kind(item));
    out.push_back(item.is_map() ? item : Value::map({}));
  }
  if (!root.is_list())
    return fail(Code::kInvalid, "unable to parse file: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go "
                                "value of type []map[string]interface {{}}", go_json_kind(root));
  return out;
}

Result<ParameterSets> from_file(const std::string& path, const std::string& text, const Value& git, const Language& language) {
  TAUT_ASSIGN(auto objects, objects_in(text));
  ParameterSets out;
  for (const Value& object : objects) {
    Value parameters = language.go_template ? object : flattened(object);
    add_path(parameters, folder_of(path), base_of(path), git["pathParamPrefix"].str(), language.go_template);
    if (auto added = add_values(git["values"], parameters, language); !added)
      return fail(added.error().code(), "failed to append templated values: {}", added.error().message());
    out.push_back(std::move(parameters));
  }
  return out;
}

Result<ParameterSets> from_files(const Value& git, const Language& language, World& world) {
  std::string repo = git["repoURL"].str(), revision = git["revision"].str();
  std::map<std::string, std::string> files;
  for (bool exclude : {false, true}) {
    for (const Value& item : git["files"].items()) {
      if (item["exclude"].as_bool() != exclude) continue;
      TAUT_ASSIGN(auto found, world.files(repo, revision, item["path"].str()));
      for (auto& [path, text] : found) {
        if (exclude)
          files.erase(path);
        else
          files[path] = std::move(text);
      }
    }
  }
  ParameterSets out;
  for (const auto& [path, text] : files) {
    auto sets = from_file(path, text, git, language);
    if (!sets) return fail(sets.error().code(), "unable to process file '{}' from repository '{}': {}", path, repo, sets.error().message());
    out.insert(out.end(), sets->begin(), sets->end());
  }
  return out;
}

}  // namespace

Result<ParameterSets> git_parameters(const Value& git, const Value& application_set, World& world) {
  Language language = Language::of(application_set);
  const Value& project = application_set["spec"]["template"]["spec"]["project"];
  if (project.as_string().find("{{") == std::string_view::npos) {
    if (auto known = world.project(project.str()); !known)
      return fail(known.error().code(), "error getting project {}: {}", project.as_string(), known.error().message());
  }
  bool folders = !git["directories"].empty();
  if (!folders && git["files"].empty()) return empty_generator();
  auto out = folders ? from_folders(git, language, world) : from_files(git, language, world);
  if (!out) return fail(out.error().code(), "error generating params from git: {}", out.error().message());
  return out;
}

}  // namespace taut::argo::appset
