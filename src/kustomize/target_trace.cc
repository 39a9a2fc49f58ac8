// Where the generators and transformers of a kustomization are asked for, when a build is traced.
#include "kustomize/target.hh"
#include "tree/path.hh"
#include "value/document.hh"
#include "yaml/reader.hh"

namespace taut::kustomize {
namespace {

// "patches" and 2 give "/patches/2"; fields that are no lists have no index.
std::string pointer_of(const Value& fields, std::string_view& field, size_t index) {
  // The labels come first, then the common ones as one more.
  if (field == "labels" && index >= fields["labels"].size()) field = "commonLabels";
  std::string out = "/" + std::string(field);
  if (fields[field].is_list() && field != "replacements") out += "/" + std::to_string(index);
  return out;
}

}  // namespace

Cause Target::field_cause(std::string_view kind, size_t index, const Value& config) const {
  Cause out;
  std::string_view field = field_of_plugin(kind);
  std::string pointer = pointer_of(kustomization_.fields, field, index);
  out.what = std::string(field);
  if (pointer.size() > field.size() + 1) out.what += "[" + pointer.substr(field.size() + 2) + "]";
  std::string file = join_path(loader_.folder(), kustomization_.file_name);
  out.file = loader_.told(file);
  std::string path = config["path"].empty() ? config["paths"][0].str() : config["path"].str();
  if (auto located = path.empty() ? Result<std::string>("") : is_http_url(path) ? Result<std::string>(path) : loader_.locate(path)) out.source = loader_.told(*located);
  if (out.source.empty()) out.patch = config["patch"].empty() ? config["jsonOp"].str() : config["patch"].str();
  auto text = loader_.files().read(file);
  auto document = text ? parse_yaml_document(**text, {.reject_duplicate_keys = false}) : fail(Code::kNotFound, "");
  if (!document) return out;
  out.line = document->key_place(pointer).line;
  if (!out.patch.empty()) out.line = document->place(pointer + "/patch").line;
  return out;
}

Cause Target::file_cause(const Resource& resource) const {
  Cause out;
  out.what = resource.kind();
  out.file = resource.file;
  out.line = resource.line;
  return out;
}

}  // namespace taut::kustomize
