#include "dialect/flux/git_verify.hh"

#include <gtest/gtest.h>

#include "base/base64.hh"
#include "lang/openpgp/testing.hh"
#include "port/memory_repositories.hh"
#include "value/json.hh"

namespace taut::flux {
namespace {

constexpr const char* kSha = "0123456789012345678901234567890123456789";

class SignedRepositories : public MemoryRepositories {
 public:
  Result<SignedObject> signed_commit(const std::string&, const std::string&) override { return commit; }
  Result<SignedObject> signed_tag(const std::string&, const std::string& name) override {
    if (name != "v1") return fail(Code::kNotFound, "tag {} has no object of its own", name);
    return tag;
  }
  SignedObject commit{kSha, kSha, "tree 0\n", ""};
  SignedObject tag{"aaaa", kSha, "object 0\n", ""};
};

class GitVerify : public testing::Test {
 protected:
  std::string check(std::string_view mode, std::string_view ref, std::string revision) {
    Value object = *parse_json(fmt::format(R"({{"spec": {{"url": "https://h/r", "ref": {}, "verify": {{"mode": "{}", "secretRef": {{"name": "k"}}}}}}}})", ref, mode));
    Value secret = Value::map({{"data", Value::map({})}});
    for (const auto& [name, text] : keys) secret.edit("data").set(name, base64_encode(text));
    auto said = verify_git(object, Artifact{.revision = std::move(revision), .sha = kSha}, secret, repositories);
    if (said) return *said;
    EXPECT_TRUE(said.error().type == "SourceVerified");
    return said.error().reason + (said.error().stalled ? " (stalled): " : ": ") + said.error().message;
  }
  std::string commit() { return check("HEAD", R"({"branch": "main"})", fmt::format("main@sha1:{}", kSha)); }
  std::string tag(std::string_view name, std::string_view mode = "Tag") {
    return check(mode, fmt::format(R"({{"tag": "{}"}})", name), fmt::format("{}@sha1:{}", name, kSha));
  }

  openpgp::Author ann_{"Ann <ann@example.com>"}, bob_{"Bob <bob@example.com>"};
  std::map<std::string, std::string> keys = {{"bob.asc", bob_.public_key()}, {"ann.asc", ann_.public_key()}};
  SignedRepositories repositories;
};

TEST_F(GitVerify, a_commit_needs_the_signature_of_a_key_in_the_secret) {
  const std::string failed = fmt::format("InvalidCommitSignature: signature verification of commit '{}' failed: ", kSha);
  EXPECT_EQ(commit(), failed + "unsupported signature type: empty");
  repositories.commit.signature = ann_.sign(repositories.commit.text);
  EXPECT_EQ(commit(), fmt::format("verified signature of\n\t- commit '{}' with key '{}'", kSha, ann_.id()));
  keys.erase("ann.asc");
  EXPECT_EQ(commit(), failed + "unable to verify Git commit: unable to verify payload with any of the given key rings: no matching key");
  keys = {{"ann.sshpub", "ssh-ed25519 AAAA"}};
  EXPECT_EQ(commit(), failed + "PGP signature detected but no PGP public keys found in secret (keys with .asc suffix)");
  repositories.commit.signature = "-----BEGIN SSH SIGNATURE-----\n";
  EXPECT_EQ(commit(), failed + "unable to verify Git commit SSH signature: unable to unarmor SSH signature: invalid armor");
  keys.clear();
  EXPECT_EQ(commit(), failed + "SSH signature detected but no SSH public keys found in secret (keys with .sshpub suffix)");
}

// ssh-keygen -Y sign -n git
constexpr const char* kSshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH2v3HKbf9CXVS2Bh4rNA/r1GtO3QdgJO5dCUyWPYhOD ann@example.com";
constexpr const char* kSshSignature =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgfa/ccpt/0JdVLYGHis0D+vUa07\n"
    "dB2Ak7l0JTJY9iE4MAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\n"
    "AAAAQLcqAb5OE9eB+T5zCZSSl+DRJYbAcj5GFMoggtLSiYZ7PJI1BDaxk/ufm/fz51/uhX\n"
    "YMzsSqbEJInXwXYk+JcgY=\n"
    "-----END SSH SIGNATURE-----\n";

TEST_F(GitVerify, a_signature_of_ssh_counts_as_well) {
  repositories.commit.text = "tree 0\nauthor Ann\n\nfirst\n";
  repositories.commit.signature = kSshSignature;
  keys["ann.sshpub"] = kSshKey;
  EXPECT_EQ(commit(), fmt::format("verified signature of\n\t- commit '{}' with key 'SHA256:Jm3RrfdeWIUx8qdDFNxKDRYlDpFS+6hs+u6NHJouKIg'", kSha));
  repositories.commit.text = "tree 1\n";
  EXPECT_TRUE(commit().starts_with("InvalidCommitSignature: ")) << commit();
}

TEST_F(GitVerify, a_tag_is_verified_where_one_is_named) {
  EXPECT_EQ(check("Tag", R"({"branch": "main"})", fmt::format("main@sha1:{}", kSha)),
            "InvalidVerificationMode (stalled): cannot verify tag object's signature if a tag reference is not specified");
  EXPECT_EQ(tag("light"), "InvalidGitObject: cannot verify signature of tag 'light' since it is not signed");
  repositories.tag.signature = bob_.sign(repositories.tag.text);
  EXPECT_EQ(tag("v1"), fmt::format("verified signature of\n\t- tag 'v1@aaaa' with key '{}'", bob_.id()));
  EXPECT_EQ(check("Tag", R"({"name": "refs/tags/v1"})", fmt::format("refs/tags/v1@sha1:{}", kSha)),
            fmt::format("verified signature of\n\t- tag 'v1@aaaa' with key '{}'", bob_.id()));
  EXPECT_TRUE(tag("v1", "TagAndHEAD").starts_with("InvalidCommitSignature: "));
  repositories.commit.signature = ann_.sign(repositories.commit.text);
  EXPECT_EQ(tag("v1", "TagAndHEAD"), fmt::format("verified signature of\n\t- tag 'v1@aaaa' with key '{}'\n\t- commit '{}' with key '{}'", bob_.id(), kSha, ann_.id()));
  repositories.tag.commit = "ffff";
  EXPECT_EQ(tag("v1"), "InvalidTagSignature: signature verification of tag 'v1@aaaa' failed: it names another commit by now");
}

}  // namespace
}  // namespace taut::flux
