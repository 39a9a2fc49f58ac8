#include "kustomize/flux_decrypt.hh"

#include <array>
#include <set>
#include <vector>

#include "base/base64.hh"
#include "base/strings.hh"
#include "kustomize/loader.hh"
#include "object/id.hh"
#include "tree/path.hh"
#include "tree/views.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::kustomize {
namespace {

constexpr std::array<std::string_view, 3> kFileNames = {"kustomization.yaml", "kustomization.yml", "Kustomization"};
constexpr size_t kLargest = size_t{5} << 20;
constexpr std::string_view kDecrypt = "kustomize.toolkit.fluxcd.io/decrypt";

// As a kustomization there names it. What leads out of the root is cut off.
std::string joined(std::string_view folder, std::string_view path) {
  return join_clean(path.starts_with('/') ? std::string_view() : folder, path);
}

sops::Format format_of(std::string_view path) {
  return path.ends_with(".dockerconfigjson") ? sops::Format::kJson : sops::format_of_path(path);
}

bool is_remote(std::string_view path) {
  size_t scheme = path.find("://");
  return scheme != std::string_view::npos && scheme > 0 && path.size() > scheme + 3;
}

class Sources {
 public:
  Sources(const TreePtr& tree, const sops::Keys& keys) : tree_(tree), keys_(keys) {}

  Status visit(const std::string& folder) {
    if (!visited_.insert(folder).second) return {};
    TAUT_ASSIGN(Value kustomization, load(folder));
    TAUT_TRY(decrypt_files(folder, kustomization));
    for (const char* field : {"resources", "components"}) {
      for (const Value& resource : kustomization[field].items()) {
        std::string path = joined(folder, resource.as_string());
        auto entry = path.empty() ? Result<TreeEntry>(TreeEntry{"", TreeEntry::Type::kFolder}) : tree_->stat(path);
        if (entry && entry->type == TreeEntry::Type::kFolder) TAUT_TRY(visit(path));
      }
    }
    return {};
  }

  TreeChanges changes;

 private:
  Result<Value> load(const std::string& folder) const {
    std::string file;
    for (std::string_view name : kFileNames) {
      std::string path = join_path(folder, name);
      auto entry = tree_->stat(path);
      if (!entry) continue;
      if (entry->type != TreeEntry::Type::kFile) return fail(Code::kInvalid, "expected {} to be a regular file", name);
      if (!file.empty()) return fail(Code::kInvalid, "found multiple kustomization files");
      file = std::move(path);
    }
    if (file.empty()) return fail(Code::kInvalid, "no kustomization file found");
    TAUT_ASSIGN(FileText text, tree_->read(file));
    auto document = parse_yaml_document(*text);
    if (document) return std::move(document->root);
    return fail(Code::kInvalid, "failed to unmarshal kustomization file from '{}': {}", file, document.error().message());
  }

  Status decrypt_files(const std::string& folder, const Value& kustomization) {
    for (const Value& generator : kustomization["secretGenerator"].items()) {
      for (const Value& source : generator["files"].items()) {
        std::string_view key = source.as_string(), path = key, rest;
        if (cut(source.as_string(), "=", key, rest)) path = rest;
        TAUT_TRY(decrypt_file(joined(folder, path), format_of(key)));
      }
      for (const Value& env : generator["envs"].items()) {
        sops::Format format = format_of(env.as_string());
        TAUT_TRY(decrypt_file(joined(folder, env.as_string()), format == sops::Format::kBinary ? sops::Format::kDotenv : format));
      }
    }
    for (const Value& patch : kustomization["patches"].items()) {
      std::string_view path = patch["path"].as_string();
      if (!path.empty() && !is_remote(path)) TAUT_TRY(decrypt_file(joined(folder, path), format_of(path)));
    }
    return {};
  }

  Status decrypt_file(const std::string& path, sops::Format format) {
    if (changes.contains(path)) return {};
    auto entry = tree_->stat(path);
    if (!entry) return fail(entry.error().code(), "lstat {}: no such file or directory", path);
    if (entry->type != TreeEntry::Type::kFile) return fail(Code::kInvalid, "cannot decrypt irregular file as it has file mode type bits set");
    TAUT_ASSIGN(FileText text, tree_->read(path));
    if (text->size() > kLargest)
      return fail(Code::kLimit, "cannot decrypt file with size ({} bytes) exceeding limit ({})", text->size(), kLargest);
    if (!sops::carries_mark(*text, format)) return {};
    TAUT_ASSIGN(std::string plain, sops::decrypt(*text, format, format, keys_));
    changes[path] = std::move(plain);
    return {};
  }

  const TreePtr& tree_;
  const sops::Keys& keys_;
  std::set<std::string> visited_;
};

bool stays_encrypted(const Value& object) { return to_lower(annotation_of(object, kDecrypt)) == "disabled"; }

Status decrypt_data(Value& object, const sops::Keys& keys) {
  for (const Entry& entry : Value(object["data"]).entries()) {
    auto bytes = base64_decode(entry.value.as_string());
    auto format = bytes ? sops::format_of_mark(*bytes) : std::nullopt;
    if (!format) continue;
    auto plain = sops::decrypt(*bytes, *format, format_of(entry.key()), keys);
    if (!plain)
      return fail(plain.error().code(), "failed to decrypt and format '{}/{}' Secret field '{}': {}", namespace_of(object), name_of(object),
                  entry.key(), plain.error().message());
    object.edit("data").set(entry.key(), base64_encode(*plain));
  }
  return {};
}

}  // namespace

Result<TreePtr> decrypt_sources(const TreePtr& tree, std::string_view folder, const sops::Keys& keys) {
  Sources sources(tree, keys);
  TAUT_TRY(sources.visit(std::string(folder)));
  if (sources.changes.empty()) return tree;
  return overlay_tree(tree, std::move(sources.changes));
}

Status decrypt_resource(Value& object, const sops::Keys& keys) {
  if (stays_encrypted(object)) return {};
  bool secret = object["kind"].as_string() == "Secret";
  if (object["sops"]["mac"].empty()) return secret ? decrypt_data(object, keys) : Status();
  auto plain = sops::decrypt(to_json(object), sops::Format::kJson, sops::Format::kJson, keys);
  if (!plain)
    return fail(plain.error().code(), "failed to decrypt and format '{}/{}' {} data: {}", namespace_of(object), name_of(object),
                object["kind"].as_string(), plain.error().message());
  TAUT_ASSIGN(object, parse_json(*plain));
  return {};
}

bool is_encrypted_secret(const Value& object) {
  return object["kind"].as_string() == "Secret" && object["apiVersion"].as_string() == "v1" && object.contains("sops") && !stays_encrypted(object);
}

}  // namespace taut::kustomize
