#include "kustomize/flux.hh"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/strings.hh"
#include "kustomize/flux_decrypt.hh"
#include "kustomize/go_json.hh"
#include "kustomize/resid.hh"
#include "lang/envsubst/envsubst.hh"
#include "object/id.hh"
#include "tree/views.hh"
#include "value/json.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kSubstitute = "kustomize.toolkit.fluxcd.io/substitute";

using Variables = std::map<std::string, std::string, std::less<>>;

bool valid_name(std::string_view name) {
  auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// Line feeds are taken out of all values.
void add_variables(const Value& map, Variables& out) {
  for (const Entry& entry : map.entries()) out[entry.name.str()] = replace_all(entry.value.as_string(), "\n", "");
}

class Substituter {
 public:
  Substituter(const Value& post_build, const FluxOptions& options) : strict_(options.strict) {
    for (const Value& map : options.variables) add_variables(map, variables_);
    add_variables(post_build["substitute"], variables_);
    active_ = !variables_.empty() || post_build["substituteStrategy"].as_string() == "Always";
  }

  Status apply(Value& object) const {
    if (!active_ || label_of(object, kSubstitute) == "disabled" || annotation_of(object, kSubstitute) == "disabled")
      return {};
    auto replaced = substituted(to_yaml(object));
    if (replaced) {
      object = std::move(*replaced);
      return {};
    }
    std::string message = fmt::format("post build failed for '{}/{}': envsubst error: {}", gvk_text(Gvk::of(object)),
                                      name_of(object), replaced.error().message());
    return fail(std::move(replaced).error().with_message(std::move(message)));
  }

 private:
  Result<Value> substituted(const std::string& text) const {
    for (const auto& [name, value] : variables_)
      if (!valid_name(name))
        return fail(Code::kInvalid, "'{}' var name is invalid, must match '^[_[:alpha:]][_[:alpha:][:digit:]]*$'", name);
    auto out = envsubst::substitute(text, [this](std::string_view name) -> std::optional<std::string> {
      auto found = variables_.find(name);
      if (found != variables_.end()) return found->second;
      return strict_ ? std::nullopt : std::optional<std::string>("");
    });
    if (!out) return fail(Error(out.error()).with_message("variable substitution failed: " + out.error().message()));
    YamlOptions options;
    options.reject_duplicate_keys = false;
    auto document = parse_yaml_document(*out, options);
    if (!document) return fail(Code::kInvalid, "YAMLToJSON: {}", document.error().message());
    through_json(document->root);
    return std::move(document->root);
  }

  Variables variables_;
  bool strict_;
  bool active_ = false;
};

void add_common_metadata(const Value& common, Value& object) {
  for (const char* field : {"labels", "annotations"})
    for (const Entry& entry : common[field].entries())
      object.edit("metadata").edit(field).set(entry.key(), entry.value);
}

Status decrypt(Value& object, const sops::Keys& keys) {
  auto done = decrypt_resource(object, keys);
  if (done) return {};
  std::string message = fmt::format("decryption failed for '{}/{}': {}", gvk_text(Gvk::of(object)), name_of(object), done.error().message());
  return fail(std::move(done).error().with_message(std::move(message)));
}

// With what variables made of a name or a namespace, be it no text any more.
ResId id_of(const BuiltResource& resource) {
  auto text = [](const Value& value) { return value.is_string() ? value.str() : value.is_null() ? std::string() : to_json(value); };
  const Value& metadata = resource.object["metadata"];
  return {Gvk::of(resource.object), text(metadata["name"]), text(metadata["namespace"]), resource.cluster_scoped};
}

// How many objects have an id, for what variables make of names and namespaces: as upstream, the first that is equal to
// another one then is an error.
class Ids {
 public:
  explicit Ids(const std::vector<BuiltResource>& resources) {
    for (const BuiltResource& resource : resources) ++counts_[id_of(resource).hash()];
  }
  Status replace(const ResId& before, const ResId& after) {
    if (before.equals(after)) return {};
    --counts_[before.hash()];
    if (int count = ++counts_[after.hash()]; count > 1) return fail(Code::kConflict, "in Replace: id matched {} resources", count);
    return {};
  }

 private:
  std::unordered_map<uint64_t, int> counts_;
};

std::string object_text(const Value& object) {
  std::string_view ns = namespace_of(object);
  return fmt::format("{}/{}{}{}", object["kind"].as_string(), ns, ns.empty() ? "" : "/", name_of(object));
}

}  // namespace

Result<Built> build_flux(const TreePtr& tree, std::string_view folder, const Value& spec, const FluxOptions& options) {
  TAUT_ASSIGN(FluxKustomization kustomization, flux_kustomization(*tree, folder, spec, options.prefix));
  TAUT_ASSIGN(TreePtr overlay, overlay_tree(tree, {{kustomization.file, kustomization.text}}));
  bool decrypts = spec["decryption"]["provider"].as_string() == "sops";
  if (decrypts) {
    auto plain = decrypt_sources(overlay, folder, options.keys);
    if (!plain) return fail(Error(plain.error()).with_message("error decrypting sources: " + plain.error().message()));
    overlay = std::move(*plain);
  }
  BuildOptions build_options;
  build_options.restriction = LoadRestriction::kNone;
  build_options.order = Order::kNone;
  build_options.prefix = options.prefix;
  build_options.remotes = options.remotes;
  TAUT_ASSIGN(Built built, build(*overlay, folder, build_options));
  Substituter substituter(spec["postBuild"], options);
  Ids ids(built.resources);
  for (BuiltResource& resource : built.resources) {
    const ResId before = id_of(resource);
    if (decrypts) TAUT_TRY(decrypt(resource.object, options.keys));
    TAUT_TRY(substituter.apply(resource.object));
    TAUT_TRY(ids.replace(before, id_of(resource)));
    add_common_metadata(spec["commonMetadata"], resource.object);
  }
  return built;
}

Status check_decrypted(const Built& built) {
  for (const BuiltResource& resource : built.resources)
    if (is_encrypted_secret(resource.object)) return fail(Code::kInvalid, "{}{}", object_text(resource.object), kDecryptionRequired);
  return {};
}

}  // namespace taut::kustomize
