#include "dialect/flux/git_repository.hh"

#include <fmt/format.h>

#include "base/semver.hh"
#include "dialect/flux/source_ignore.hh"
#include "dialect/flux/sparse_tree.hh"
#include "tree/path.hh"
#include "tree/views.hh"

namespace taut::flux {
namespace {

constexpr std::string_view kTags = "refs/tags/";

struct Named {
  std::string label;  // "main", "v1.2.3"; empty for a bare commit
  std::string sha;
  std::string revision() const { return label.empty() ? "sha1:" + sha : fmt::format("{}@sha1:{}", label, sha); }
};

Result<Named> newest_tag(const std::string& url, const std::string& range_text, Repositories& repositories) {
  auto range = VersionRange::parse(range_text);
  if (!range) return fail(Code::kInvalid, "semver parse error: {}", range.error().message());
  TAUT_ASSIGN(auto refs, repositories.refs(url));
  std::vector<std::string> tags;
  for (const auto& [name, sha] : refs)
    if (name.starts_with(kTags)) tags.push_back(name.substr(kTags.size()));
  std::string tag = highest(*range, tags);
  if (tag.empty()) return fail(Code::kNotFound, "no match found for semver: {}", range_text);
  return Named{tag, refs.at(std::string(kTags) + tag)};
}

// commit, name, semver, tag, branch: the first that is set counts. Without any, the branch "master".
Result<Named> resolve(const Value& spec, Repositories& repositories) {
  std::string url = spec["url"].str();
  const Value& ref = spec["ref"];
  if (!ref["commit"].empty()) return Named{ref["branch"].str(), ref["commit"].str()};
  if (!ref["semver"].empty() && ref["name"].empty()) return newest_tag(url, ref["semver"].str(), repositories);
  std::string label = ref["branch"].empty() ? "master" : ref["branch"].str();
  std::string full = "refs/heads/" + label;
  if (!ref["tag"].empty()) {
    label = ref["tag"].str();
    full = std::string(kTags) + label;
  }
  if (!ref["name"].empty()) label = full = ref["name"].str();
  TAUT_ASSIGN(std::string sha, repositories.resolve(url, full));
  return Named{std::move(label), std::move(sha)};
}

// Every file below a folder of one tree, put into the changes to another.
Status copy_folder(const Tree& tree, const std::string& folder, const std::string& to, TreeChanges& changes) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    std::string from = join_path(folder, entry.name), target = join_path(to, entry.name);
    if (entry.type == TreeEntry::Type::kFolder) {
      TAUT_TRY(copy_folder(tree, from, target, changes));
    } else if (entry.type == TreeEntry::Type::kFile) {
      TAUT_ASSIGN(FileText text, tree.read(from));
      changes[target] = *text;
    }
  }
  return {};
}

tl::expected<TreePtr, SourceError> with_included(const Value& object, TreePtr tree, const Artifacts& artifacts) {
  TreeChanges changes;
  for (const Value& include : object["spec"]["include"].items()) {
    std::string name = include["repository"]["name"].str();
    auto artifact = artifacts.find({"GitRepository", std::string(namespace_of(object)), name});
    if (!artifact)
      return tl::unexpected(SourceError{"IncludeUnavailable", "NoArtifact", fmt::format("no artifact available for include '{}'", name)});
    auto from = clean_path(include["fromPath"].as_string());
    auto to = clean_path(include["toPath"].empty() ? std::string_view(name) : include["toPath"].as_string());
    Status copied = from && to ? copy_folder(*artifact->tree, *from, *to, changes) : Status(fail(from ? to.error() : from.error()));
    if (!copied)
      return tl::unexpected(SourceError{"IncludeUnavailable", "CopyFailure",
                                        fmt::format("failed to copy '{}' include: {}", name, copied.error().message())});
  }
  if (changes.empty()) return tree;
  auto out = overlay_tree(std::move(tree), std::move(changes));
  if (!out) return tl::unexpected(SourceError{"IncludeUnavailable", "CopyFailure", out.error().message()});
  return *out;
}

tl::expected<Artifact, SourceError> make_artifact(const Value& object, const Named& named, Repositories& repositories, const Artifacts& artifacts) {
  const Value& spec = object["spec"];
  std::string url = spec["url"].str();
  auto failed = [&](const Error& error) {
    return tl::unexpected(fetch_failed("GitOperationFailed", fmt::format("failed to checkout and determine revision: unable to clone '{}': {}", url, error.message())));
  };
  auto tree = spec["recurseSubmodules"].as_bool() ? repositories.tree_with_submodules(url, named.sha) : repositories.tree(url, named.sha);
  if (!tree) return failed(tree.error());
  if (!spec["sparseCheckout"].empty()) {
    tree = only_folders(std::move(*tree), spec["sparseCheckout"]);
    if (!tree) return tl::unexpected(fetch_failed("GitOperationFailed", std::string(tree.error().message())));
  }
  auto kept = without_ignored(*tree, spec["ignore"].as_string());
  if (!kept) return failed(kept.error());
  auto whole = with_included(object, *kept, artifacts);
  if (!whole) return tl::unexpected(whole.error());
  auto digest = artifact_digest(**whole);
  if (!digest) return failed(digest.error());
  return Artifact{named.revision(), named.sha, *digest, {}, *whole};
}

}  // namespace

std::optional<SourceError> unsupported_git_field(const Value& spec) {
  auto unsupported = [](std::string field, std::string_view why) {
    SourceError error = fetch_failed(std::string(kUnsupportedField), fmt::format("spec.{} is not supported: {}", field, why));
    error.stalled = true;
    return error;
  };
  if (!spec["serviceAccountName"].empty()) return unsupported("serviceAccountName", "workload identity of a cloud is not used yet");
  std::string provider = spec["provider"].str();
  if (!provider.empty() && provider != "generic" && provider != "github")
    return unsupported("provider", fmt::format("'{}' is not known yet, use generic or github with a secretRef", provider));
  return std::nullopt;
}

tl::expected<Artifact, SourceError> fetch_git(const Value& object, Repositories& repositories, const Artifacts& artifacts) {
  const Value& spec = object["spec"];
  auto named = resolve(spec, repositories);
  if (named) return make_artifact(object, *named, repositories, artifacts);
  bool refused = named.error().code() == Code::kUnauthenticated || named.error().code() == Code::kForbidden;
  return tl::unexpected(fetch_failed(refused ? "AuthenticationFailed" : "GitOperationFailed",
                                     fmt::format("failed to checkout and determine revision: unable to list remote for '{}': {}",
                                                 spec["url"].as_string(), named.error().message())));
}

std::optional<Artifact> restore_git(const Value& object, Repositories& repositories, const Artifacts& artifacts) {
  std::string revision = object["status"]["artifact"]["revision"].str();
  size_t at = revision.find("@sha1:");
  if (revision.empty()) return std::nullopt;
  Named named{at == std::string::npos ? "" : revision.substr(0, at), revision_hash(revision)};
  auto artifact = make_artifact(object, named, repositories, artifacts);
  return artifact ? std::optional(std::move(*artifact)) : std::nullopt;
}

std::vector<SourceRef> included_by(const Value& object) {
  std::vector<SourceRef> out;
  for (const Value& include : object["spec"]["include"].items())
    out.push_back({"GitRepository", std::string(namespace_of(object)), include["repository"]["name"].str()});
  return out;
}

}  // namespace taut::flux
