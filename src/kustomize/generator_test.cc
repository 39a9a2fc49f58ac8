#include "kustomize/generator.hh"

#include <gtest/gtest.h>

#include "kustomize/hasher.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::kustomize {
namespace {

// Files by name; anything else is not there.
ReadFile files(std::map<std::string, std::string> contents) {
  return [contents = std::move(contents)](std::string_view path) -> Result<FileText> {
    auto found = contents.find(std::string(path));
    if (found == contents.end()) return fail(Code::kNotFound, "no {}", path);
    return std::make_shared<const std::string>(found->second);
  };
}

Value args(std::string_view yaml) { return parse_yaml_document(yaml)->root; }

std::string data_of(std::string_view yaml, std::map<std::string, std::string> contents = {}) {
  auto made = make_config_map(args(yaml), files(std::move(contents)));
  return made ? to_json(made->object["data"]) : made.error().message();
}

TEST(KustomizeGenerator, literals_lose_one_pair_of_quotes) {
  EXPECT_EQ(data_of("{name: c, literals: [a=1=2, \"b='x'\", c=]}"), R"({"a":"1=2","b":"x","c":""})");
  EXPECT_EQ(data_of("{name: c, literals: ['=b']}"),
            "loading KV pairs: literal sources [=b]: invalid literal source =b, expected key=value");
  EXPECT_EQ(data_of("{name: c, literals: [a=1, a=2]}"), "configmap c illegally repeats the key `a`");
}

TEST(KustomizeGenerator, env_files_have_comments_and_keys_without_values) {
  EXPECT_EQ(data_of("{name: c, envs: [e]}", {{"e", "\xEF\xBB\xBF" "A=1\r\n# no\n\n  B = 2 \nC\n"}}),
            R"({"A":"1","B ":" 2 ","C":""})");
  EXPECT_EQ(data_of("{name: c, envs: [e]}", {{"e", "A=1\n" + std::string(70'000, 'x') + "\nB=1\n"}}), R"({"A":"1"})");
}

TEST(KustomizeGenerator, files_are_keyed_by_their_base_name) {
  EXPECT_EQ(data_of("{name: c, files: [d/f.txt, k=g]}", {{"d/f.txt", "x"}, {"g", "y"}}), R"({"f.txt":"x","k":"y"})");
  EXPECT_EQ(data_of("{name: c, files: [a=b=c]}"),
            "loading KV pairs: file sources: [a=b=c]: source \"a=b=c\" key name or file path contains '='");
  EXPECT_EQ(data_of("{name: c, files: [nope]}"), "loading KV pairs: file sources: [nope]: no nope");
}

TEST(KustomizeGenerator, bytes_that_are_no_text_are_binary_data) {
  auto made = make_config_map(args("{name: c, files: [b]}"), files({{"b", std::string("\xFF\x00", 2)}}));
  ASSERT_TRUE(made);
  EXPECT_EQ(to_json(made->object["binaryData"]), R"({"b":"/wA="})");
}

TEST(KustomizeGenerator, long_base64_is_broken_into_lines) {
  auto made = make_secret(args("{name: s, type: t, literals: [a=" + std::string(60, 'x') + "]}"), files({}));
  ASSERT_TRUE(made);
  std::string text = made->object["data"]["a"].str();
  EXPECT_EQ(text.size(), 80u + 2);
  EXPECT_EQ(text[70], '\n');
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(made->object["type"], Value("t"));
}

TEST(KustomizeGenerator, options_are_metadata_and_a_hash_or_none) {
  auto made = make_config_map(args("{name: c, behavior: merge, options: {labels: {a: b}, immutable: true,"
                                   " disableNameSuffixHash: true}}"), files({}));
  ASSERT_TRUE(made);
  EXPECT_EQ(to_json(made->object), R"({"apiVersion":"v1","immutable":true,"kind":"ConfigMap",)"
                                   R"("metadata":{"labels":{"a":"b"},"name":"c"}})");
  EXPECT_FALSE(made->needs_hash);
  EXPECT_EQ(made->behavior, Behavior::kMerge);
}

// The suffixes are those that kustomize 5.8.1 prints.
TEST(KustomizeHasher, suffixes_are_those_of_kustomize) {
  auto suffix = [](const Result<Resource>& made) { return made ? *content_hash(*made) : made.error().message(); };
  EXPECT_EQ(suffix(make_config_map(args("{name: empty}"), files({}))), "6ct58987ht");
  EXPECT_EQ(suffix(make_config_map(args("{name: x, literals: [a=b]}"), files({}))), "4h2mbtbbt6");
}

}  // namespace
}  // namespace taut::kustomize
