// The files in tests/sops were encrypted by the real sops; its own plain texts lie beside them.
#include "lang/sops/sops.hh"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/strings.hh"
#include "lang/sops/age.hh"
#include "lang/sops/bech32.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

using namespace taut;
using namespace taut::sops;

namespace {

const std::filesystem::path kFolder = TAUT_SOURCE_DIR "/tests/sops";

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

Keys keys(std::initializer_list<const char*> names = {"one.agekey", "ed25519.asc", "rsa.asc"}) {
  Keys out;
  for (const char* name : names) EXPECT_TRUE(out.import(name, read(kFolder / name)));
  return out;
}

std::string message_of(const Result<std::string>& result) { return result ? "no error" : result.error().message(); }

std::string file_error(const std::string& name, const Keys& with, const std::string& from = {}, const std::string& to = {}) {
  std::string text = read(kFolder / name);
  return message_of(decrypt(from.empty() ? text : replace_all(text, from, to), format_of_path(name), format_of_path(name), with, {true}));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(Sops, gives_what_sops_gives_of_its_files) {
  Keys all = keys();
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".plain") continue;
    ++count;
    std::filesystem::path file = kFolder / entry.path().stem();
    Format format = format_of_path(file.string());
    auto plain = decrypt(read(file), format, format, all, {true});
    ASSERT_TRUE(plain) << file << plain.error().message();
    EXPECT_EQ(*plain, read(entry.path())) << file;
  }
  EXPECT_EQ(count, 15U);
}

TEST(Sops, opens_the_data_key_with_any_of_the_recipients) {
  std::string text = read(kFolder / "age-app.env"), plain = read(kFolder / "age-app.env.plain");
  for (const char* name : {"one.agekey", "two.agekey"}) EXPECT_EQ(decrypt(text, Format::kDotenv, Format::kDotenv, keys({name})).value(), plain);
}

TEST(Sops, tells_who_could_not_open_the_data_key) {
  std::string told = file_error("regex-secret.yaml", keys({"two.agekey"}));
  EXPECT_TRUE(has(told, "cannot get sops data key: Failed to get the data key required to decrypt the SOPS file.\n\nGroup 0: FAILED\n  age1c7jf")) << told;
  EXPECT_TRUE(has(told, "\n    - | failed to create reader for decrypting sops data key with\n      | age: no identity matched any of the recipients\n")) << told;
  EXPECT_TRUE(has(told, "\n\nRecovery failed because no master key was able to decrypt the file.")) << told;
  EXPECT_TRUE(has(file_error("regex-secret.yaml", {}), "failed to load age identities"));
  EXPECT_TRUE(has(file_error("pgp-secret.yaml", keys({"rsa.asc"})), "failed to decrypt sops data key")) << file_error("pgp-secret.yaml", keys({"rsa.asc"}));
}

TEST(Sops, refuses_keys_held_elsewhere_and_split_ones_by_name) {
  std::string kms = "sops:\n  kms:\n  - {arn: 'arn:aws:kms:x', enc: abc}\n  mac: ENC[\n";
  EXPECT_TRUE(has(message_of(decrypt(kms, Format::kYaml, Format::kYaml, keys())), "held by AWS KMS"));
  std::string split = "sops:\n  key_groups: [{age: [{recipient: a}]}, {age: [{recipient: b}]}]\n  shamir_threshold: 2\n";
  auto refused = decrypt(split, Format::kYaml, Format::kYaml, keys());
  EXPECT_EQ(refused.error().code(), Code::kUnsupported);
  EXPECT_TRUE(has(message_of(refused), "2 key groups (Shamir")) << message_of(refused);
  EXPECT_EQ(message_of(decrypt("a: 1\n", Format::kYaml, Format::kYaml, keys())), "failed to load encrypted YAML data: sops metadata not found");
  EXPECT_TRUE(has(message_of(decrypt("[sops]\n", Format::kIni, Format::kIni, keys())), "INI"));
}

TEST(Sops, finds_values_that_were_moved_changed_or_added) {
  EXPECT_TRUE(has(file_error("regex-secret.yaml", keys(), "    user: ENC", "    other: ENC"), "error decrypting sops tree: Error walking tree: Could not decrypt value"));
  EXPECT_TRUE(has(file_error("regex-secret.yaml", keys(), "name: login", "name: logon"), "failed to verify sops data integrity"));
  EXPECT_EQ(file_error("suffix-maconly-secret.yaml", keys(), "type: Opaque", "type: Changed"), "no error");
  std::string added = file_error("regex-secret.yaml", keys(), "    nothing: null", "    nothing: hush");
  EXPECT_TRUE(has(added, "does not match sops' data format")) << added;
  EXPECT_FALSE(has(added, "hush"));
}

// As kustomize gives a Secret to Flux: sorted, printed as JSON, with a label more.
TEST(Sops, decrypts_an_object_that_was_printed_again) {
  auto document = parse_yaml_document(read(kFolder / "regex-secret.yaml"));
  Value object = document->root;
  object.edit("metadata").edit("labels").set("added", "yes");
  auto plain = decrypt(to_json(object), Format::kJson, Format::kJson, keys());
  ASSERT_TRUE(plain) << plain.error().message();
  auto read_back = parse_json(*plain);
  EXPECT_EQ((*read_back)["stringData"]["password"], Value("p@ss: w0rd"));
  EXPECT_EQ((*read_back)["stringData"]["port"], Value(5432));
  EXPECT_EQ((*read_back)["data"]["list"].size(), 3U);
  EXPECT_FALSE(read_back->contains("sops"));
}

TEST(Sops, goes_from_one_format_to_another) {
  auto plain = decrypt(read(kFolder / "age-app.env"), Format::kDotenv, Format::kJson, keys());
  EXPECT_EQ(*plain, "{\n\t\"A\": \"1\",\n\t\"B\": \"two words = yes\",\n\t\"C\": \"line\\nbreak\",\n\t\"D\": \"\"\n}\n");
  auto refused = decrypt(read(kFolder / "regex-secret.yaml"), Format::kYaml, Format::kDotenv, keys());
  EXPECT_TRUE(has(message_of(refused), "cannot use complex value in dotenv file; offending key metadata")) << message_of(refused);
}

TEST(Sops, tells_formats_by_name_and_mark) {
  EXPECT_EQ(format_of_path("a/b.yml"), Format::kYaml);
  EXPECT_EQ(format_of_path("tls.key"), Format::kBinary);
  EXPECT_TRUE(carries_mark(read(kFolder / "age-app.env"), Format::kDotenv));
  EXPECT_EQ(format_of_mark(read(kFolder / "age-blob.bin")), Format::kJson);
  EXPECT_EQ(format_of_mark("plain text"), std::nullopt);
}

TEST(Age, reads_identities_and_says_no_secrets) {
  EXPECT_EQ(read_age_identities(read(kFolder / "one.agekey"))->size(), 1U);
  std::string key(read(kFolder / "one.agekey"));
  size_t at = key.find("AGE-SECRET-KEY-1");
  key[at + 20] = key[at + 20] == 'Q' ? 'P' : 'Q';
  EXPECT_EQ(read_age_identities(key).error().message(), "failed to parse and add to age identities: error at line 3: malformed secret key");
  EXPECT_EQ(read_age_identities("hush").error().message(), "failed to parse and add to age identities: error at line 1: unknown identity type");
}

TEST(Pgp, refuses_what_is_no_key) {
  Keys none;
  EXPECT_FALSE(none.import("a.asc", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nhush\n-----END PGP PRIVATE KEY BLOCK-----\n"));
  EXPECT_TRUE(none.import("other", "anything"));
}
