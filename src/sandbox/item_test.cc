#include "sandbox/item.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::sandbox {
namespace {

Value parsed(std::string_view text) { return *parse_json(text); }

const char* const kObjects[] = {
    R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}})",
    R"({"apiVersion":"v1","data":{"k":"\",\"kind\":\"x\\"},"kind":"ConfigMap","metadata":{"labels":{"a":"b"},"name":"a"}})",
    R"({"apiVersion":"v1","count":1,"involvedObject":{"kind":"Event"},"kind":"Event","metadata":{"name":"e"}})",
    R"({"apiVersion":"v1","kind":"Empty"})",
    R"({"kind":"NoVersion","metadata":{"name":"n"}})"};

TEST(Item, is_the_same_from_either_form) {
  for (const char* text : kObjects) {
    Item from_value(parsed(text), 7), from_text(encoded_text(text), 7);
    EXPECT_EQ(*from_value.json(), text);
    EXPECT_EQ(from_text.object(), parsed(text));
    EXPECT_EQ(from_text.labels(), parsed(text)["metadata"]["labels"]);
    EXPECT_EQ(from_text.name(), parsed(text)["metadata"]["name"].str());
    EXPECT_EQ(from_value.name(), from_text.name());
  }
}

TEST(Item, leaves_out_the_type_at_the_top_only) {
  for (const char* text : kObjects) {
    Value wanted = parsed(text);
    wanted.erase("apiVersion");
    wanted.erase("kind");
    Item item(encoded_text(text), 1);
    std::string out;
    append_untyped_json(*item.encoded(), out);
    EXPECT_EQ(out, to_json(wanted));
    EXPECT_EQ(untyped_size(*item.encoded()), out.size());
  }
}

TEST(Item, finds_members_behind_texts_that_look_like_some) {
  std::string_view text = R"({"a":{"b":[1,"]}",{}]},"c":"x\\\"","d":-1.5,"e":true})";
  EXPECT_EQ(json_member(text, "a"), R"({"b":[1,"]}",{}]})");
  EXPECT_EQ(json_member(text, "c"), R"("x\\\"")");
  EXPECT_EQ(json_member(text, "d"), "-1.5");
  EXPECT_EQ(json_member(text, "e"), "true");
  EXPECT_EQ(json_member(text, "b"), "");
}

}  // namespace
}  // namespace taut::sandbox
