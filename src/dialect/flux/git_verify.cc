#include "dialect/flux/git_verify.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "lang/openpgp/detached.hh"
#include "lang/sshsig/signature.hh"

namespace taut::flux {
namespace {

SourceError not_verified(std::string_view reason, std::string message, bool stalled = false) {
  return {std::string(kSourceVerified), std::string(reason), std::move(message), stalled};
}

struct Keys {
  std::vector<std::string> rings;
  std::vector<std::string> ssh;
};

Keys keys_of(const Value& secret) {
  Keys out;
  const Value data = secret_data(secret);
  for (const Entry& entry : data.entries()) {
    if (entry.key().ends_with(".sshpub"))
      out.ssh.push_back(entry.value.str());
    else
      out.rings.push_back(entry.value.str());
  }
  return out;
}

// The id of the key, tried ring by ring; a ring that cannot be read counts only where none can.
Result<std::string> verify_pgp(const SignedObject& object, const Keys& keys) {
  if (keys.rings.empty()) return fail(Code::kInvalid, "PGP signature detected but no PGP public keys found in secret (keys with .asc suffix)");
  std::optional<Error> unreadable;
  bool tried = false;
  for (const std::string& ring : keys.rings) {
    auto id = openpgp::verify_detached(ring, object.text, object.signature);
    if (id) return id;
    if (id.error().code() == Code::kInvalid)
      unreadable = unreadable ? unreadable : id.error();
    else
      tried = true;
  }
  if (!tried && unreadable) return fail(std::move(*unreadable));
  return fail(Code::kForbidden, "unable to verify payload with any of the given key rings: no matching key");
}

Result<std::string> verify(const SignedObject& object, const Keys& keys, std::string_view kind) {
  std::string_view signature = trim(object.signature);
  if (signature.starts_with("-----BEGIN PGP SIGNATURE-----")) {
    auto id = verify_pgp(object, keys);
    if (id || keys.rings.empty()) return id;
    return fail(id.error().code(), "unable to verify Git {}: {}", kind, id.error().message());
  }
  if (signature.starts_with("-----BEGIN SSH SIGNATURE-----")) {
    if (keys.ssh.empty()) return fail(Code::kInvalid, "SSH signature detected but no SSH public keys found in secret (keys with .sshpub suffix)");
    auto id = sshsig::verify(keys.ssh, object.text, signature);
    if (!id) return fail(id.error().code(), "unable to verify Git {} SSH signature: {}", kind, id.error().message());
    return id;
  }
  return fail(Code::kInvalid, "unsupported signature type: {}",
              signature.empty() ? "empty" : signature.starts_with("-----BEGIN SIGNED MESSAGE-----") ? "x509" : "unknown");
}

// The tag that a commit was found by; empty: by something else.
std::string tag_of(const Value& spec, const Artifact& artifact) {
  constexpr std::string_view kTags = "refs/tags/";
  const Value& ref = spec["ref"];
  if (!ref["commit"].empty()) return {};
  if (!ref["name"].empty()) return ref["name"].as_string().starts_with(kTags) ? ref["name"].str().substr(kTags.size()) : std::string();
  bool by_tag = !ref["tag"].empty() || !ref["semver"].empty();
  return by_tag ? artifact.revision.substr(0, artifact.revision.rfind("@sha1:")) : std::string();
}

// "\n\t- tag 'v1@0123...' with key 'ABCD'".
tl::expected<std::string, SourceError> verify_tag(const Value& spec, const Artifact& artifact, const Keys& keys, Repositories& repositories) {
  const std::string url = spec["url"].str(), tag = tag_of(spec, artifact);
  if (tag.empty())
    return tl::unexpected(not_verified("InvalidVerificationMode", "cannot verify tag object's signature if a tag reference is not specified", true));
  auto found = repositories.signed_tag(url, tag);
  if (!found && found.error().code() != Code::kNotFound)
    return tl::unexpected(fetch_failed("GitOperationFailed", fmt::format("failed to fetch tag '{}' of '{}': {}", tag, url, found.error().message())));
  std::string shown = found ? fmt::format("{}@{}", tag, found->sha) : tag;
  if (!found || found->signature.empty())
    return tl::unexpected(not_verified("InvalidGitObject", fmt::format("cannot verify signature of tag '{}' since it is not signed", shown)));
  // Moved since it was resolved: the next attempt sees where to.
  if (found->commit != artifact.sha)
    return tl::unexpected(not_verified("InvalidTagSignature", fmt::format("signature verification of tag '{}' failed: it names another commit by now", shown)));
  auto id = verify(*found, keys, "tag");
  if (!id)
    return tl::unexpected(not_verified("InvalidTagSignature", fmt::format("signature verification of tag '{}' failed: {}", shown, id.error().message())));
  return fmt::format("\n\t- tag '{}' with key '{}'", shown, *id);
}

tl::expected<std::string, SourceError> verify_commit(const Value& spec, const Artifact& artifact, const Keys& keys, Repositories& repositories) {
  const std::string url = spec["url"].str();
  auto found = repositories.signed_commit(url, artifact.sha);
  if (!found)
    return tl::unexpected(fetch_failed("GitOperationFailed", fmt::format("failed to read commit '{}' of '{}': {}", artifact.sha, url, found.error().message())));
  auto id = verify(*found, keys, "commit");
  if (!id)
    return tl::unexpected(
        not_verified("InvalidCommitSignature", fmt::format("signature verification of commit '{}' failed: {}", artifact.sha, id.error().message())));
  return fmt::format("\n\t- commit '{}' with key '{}'", artifact.sha, *id);
}

}  // namespace

bool wants_verification(const Value& spec) { return !spec["verify"]["mode"].empty(); }

tl::expected<std::string, SourceError> verify_git(const Value& object, const Artifact& artifact, const Value& secret, Repositories& repositories) {
  const Value& spec = object["spec"];
  std::string mode = spec["verify"]["mode"].str();
  const Keys keys = keys_of(secret);
  std::string out = "verified signature of";
  if (mode == "Tag" || mode == "TagAndHEAD") {
    auto tag = verify_tag(spec, artifact, keys, repositories);
    if (!tag) return tag;
    out += *tag;
  }
  if (mode != "Tag") {
    auto commit = verify_commit(spec, artifact, keys, repositories);
    if (!commit) return commit;
    out += *commit;
  }
  return out;
}

}  // namespace taut::flux
