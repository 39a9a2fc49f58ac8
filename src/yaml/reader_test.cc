#include "yaml/reader.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut {
namespace {

std::string json(std::string_view text, YamlOptions options = {}) {
  auto document = parse_yaml_document(text, options);
  return document ? to_json(document->root) : document.error().message();
}

std::string json_v3(std::string_view text) { return json(text, {.schema = Schema::kGoV3}); }

TEST(YamlReader, reads_a_manifest) {
  EXPECT_EQ(json("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: {app: web}\n"
                 "spec:\n  ports:\n  - port: 80\n    name: http\n  - {port: 443}\n"),
            R"({"apiVersion":"v1","kind":"Service","metadata":{"labels":{"app":"web"},"name":"web"},)"
            R"("spec":{"ports":[{"name":"http","port":80},{"port":443}]}})");
}

TEST(YamlReader, resolves_scalars_as_go_yaml_v2) {
  EXPECT_EQ(json("[y, Yes, on, n, No, OFF, true, ~, null, yEs]"),
            R"([true,true,true,false,false,false,true,null,null,"yEs"])");
  EXPECT_EQ(json("[0644, 0o17, 0x1F, 0b11, 1_000, +12, -7, 08, 1e3, 1.0, .5, 1., 0b-1]"),
            "[420,15,31,3,1000,12,-7,8,1000,1,0.5,1,-1]");
  EXPECT_EQ(json("[18446744073709551615, 9223372036854775808, 99999999999999999999, 1e400]"),
            R"([18446744073709551615,9223372036854775808,100000000000000000000,"1e400"])");
  EXPECT_EQ(json("[2001-01-01, 1:30, 0x, '12', \"y\", .inf.]"), R"(["2001-01-01","1:30","0x","12","y",".inf."])");
  EXPECT_EQ(json("a: .inf"), "json: unsupported value: +Inf");
}

TEST(YamlReader, resolves_scalars_as_go_yaml_v3_where_asked) {
  EXPECT_EQ(json_v3("[y, yes, on, off, true, 0o17, 0644]"), R"(["y","yes","on","off",true,15,420])");
  EXPECT_EQ(json_v3("[2001-01-01, 2001-12-14t21:59:43.10-05:00, 2001-1-2 3:4:5]"),
            R"(["2001-01-01T00:00:00Z","2001-12-14T21:59:43.1-05:00","2001-01-02T03:04:05Z"])");
}

TEST(YamlReader, keys_of_other_types_become_text) {
  EXPECT_EQ(json("on: 1\n1: 2\n1.5: 3\n0x10: 4\n"), R"({"1":2,"1.5":3,"16":4,"true":1})");
  EXPECT_EQ(json("~: 1\n"), "unsupported map key of type: %!s(<nil>), key: <nil>, value: 1");
}

TEST(YamlReader, tags_are_applied) {
  EXPECT_EQ(json("[!!str 1, !!int \"2\", !!float 3, !!binary aGk=, !custom x, ! 4]"), R"(["1",2,3,"hi","x","4"])");
  EXPECT_EQ(json("!!int abc"), "yaml: cannot decode !!str `abc` as a !!int");
  EXPECT_EQ(json("!!binary \"*\""), "yaml: !!binary value contains invalid base64 data");
}

TEST(YamlReader, anchors_aliases_and_merge_keys) {
  EXPECT_EQ(json("a: &x {b: 1}\nc: *x\nd: [*x]\n"), R"({"a":{"b":1},"c":{"b":1},"d":[{"b":1}]})");
  EXPECT_EQ(json("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  e: 3\n"), R"({"a":{"b":1,"c":2},"d":{"b":1,"c":2,"e":3}})");
  EXPECT_EQ(json("a: *x"), "yaml: unknown anchor 'x' referenced");
  EXPECT_EQ(json("a: &x [*x]"), "yaml: anchor 'x' value contains itself");
  EXPECT_EQ(json("<<: 1"), "yaml: map merge requires map or sequence of maps as the value");
}

TEST(YamlReader, block_scalars) {
  EXPECT_EQ(json("a: |\n  x\n   y\n\n  z\n\nb: >-\n  one\n  two\n\n  three\nc: |+\n  k\n\nd: |2\n    i\n"),
            R"({"a":"x\n y\n\nz\n","b":"one two\nthree","c":"k\n\n","d":"  i\n"})");
}

TEST(YamlReader, quoted_scalars_fold_and_escape) {
  EXPECT_EQ(json("a: \"x\n  y\n\n  z \\\n  w\\u00e9\\t\"\nb: 'it''s\n  so'\n"), "{\"a\":\"x y\\nz wé\\t\",\"b\":\"it's so\"}");
}

TEST(YamlReader, errors_are_those_of_go_yaml_and_know_their_place) {
  auto error = parse_yaml("a: 1\nb:\n  - x\n c: 2\n").error();
  EXPECT_EQ(error.message(), "yaml: line 3: did not find expected key");
  EXPECT_EQ(json("a: b: c"), "yaml: mapping values are not allowed in this context");
  EXPECT_EQ(json("a: 1\nb: [1, 2\n"), "yaml: line 2: did not find expected ',' or ']'");
  EXPECT_EQ(json("a:\n\t- b"), "yaml: line 2: found character that cannot start any token");
  EXPECT_EQ(json("a: 1\na: 2\n"), "yaml: unmarshal errors:\n  line 2: key \"a\" already set in map");
  EXPECT_EQ(json("a: 1\na: 2\n", {.reject_duplicate_keys = false}), R"({"a":2})");
  EXPECT_EQ(json("a: {b: 1, b: {c: 3}}\na: 2\n", {.reject_duplicate_keys = false, .first_key_wins = true}), R"({"a":{"b":1}})");
  EXPECT_EQ(json("{{ a }}: b"), "yaml: invalid map key: map[interface {}]interface {}{\"a\":interface {}(nil)}");
  EXPECT_EQ(json("a: \x01"), "yaml: control characters are not allowed");
}

TEST(YamlReader, streams_hold_many_documents) {
  auto documents = parse_yaml("a: 1\n---\n# nothing\n---\nb: 2\n...\n");
  ASSERT_TRUE(documents);
  ASSERT_EQ(documents->size(), 3u);
  EXPECT_TRUE((*documents)[1].empty);
  EXPECT_EQ((*documents)[2].first_line, 4u);
  EXPECT_EQ((*documents)[2].place("/b"), (Place{5, 4}));
  EXPECT_TRUE(parse_yaml("# only a comment\n")->empty());
}

TEST(YamlReader, kubernetes_splits_by_lines) {
  YamlOptions options{.split = YamlSplit::kKubernetes};
  auto documents = parse_yaml("---\na: 1\n--- # next\nb: |\n  x", options);
  ASSERT_TRUE(documents) << documents.error().to_string();
  ASSERT_EQ(documents->size(), 2u);
  EXPECT_EQ(to_json((*documents)[1].root), R"({"b":"x\n"})");
  EXPECT_EQ((*documents)[1].place("/b").line, 4u);
  EXPECT_EQ(parse_yaml("a: 1\n--- b\n", options).error().to_string(), "2:1: invalid Yaml document separator: b");
}

TEST(YamlReader, every_key_and_value_has_its_place) {
  auto document = *parse_yaml_document("# head\nz: 1\nb:\n- x\n- k: v\n  l: &n {m: 2}\na: *n\n");
  EXPECT_EQ(document.place("/z"), (Place{2, 4}));
  EXPECT_EQ(document.key_place("/z"), (Place{2, 1}));
  EXPECT_EQ(document.place("/b/1"), (Place{5, 3}));
  EXPECT_EQ(document.key_place("/b/1/l"), (Place{6, 3}));
  EXPECT_EQ(document.place("/b/1/l/m"), (Place{6, 13}));
  EXPECT_EQ(document.place("/a"), (Place{7, 4}));
  EXPECT_EQ(document.place("/b/1/nothing/here"), (Place{5, 3}));
  EXPECT_EQ(document.position("/b/1/k").path, ".b[1].k");
}

TEST(YamlReader, bombs_are_refused) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 9; ++i) {
    std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 8; ++j) bomb += "," + before;
    bomb += "]\n";
  }
  EXPECT_EQ(json(bomb), "yaml: document contains excessive aliasing");
  EXPECT_EQ(json(std::string(5000, '[')), "yaml: exceeded max depth of 1000");
  EXPECT_EQ(parse_yaml("abc", {.max_bytes = 2}).error().code(), Code::kLimit);
}

TEST(YamlReader, byte_order_marks_and_line_breaks) {
  EXPECT_EQ(json("\xEF\xBB\xBF" "a: 1\r\nb: |\r\n  x\r\n  y\r\n"), R"({"a":1,"b":"x\ny\n"})");
  EXPECT_EQ(json(std::string_view("\xFF\xFE" "a\0:\0 \0" "1\0", 10)), R"({"a":1})");
}

// Every place of both, as text.
void list_places(const Document& document, const Value& value, const std::string& pointer, std::string& out) {
  Place at = document.place(pointer), key = document.key_place(pointer);
  out += pointer + " " + std::to_string(at.line) + ":" + std::to_string(at.column) + " " + std::to_string(key.line) +
         ":" + std::to_string(key.column) + "\n";
  for (const Entry& entry : value.entries())
    list_places(document, entry.value, pointer + "/" + std::string(entry.key()), out);
  for (size_t i = 0; i < value.size() && value.is_list(); ++i)
    list_places(document, value[i], pointer + "/" + std::to_string(i), out);
}

TEST(YamlReader, the_fast_path_reads_as_the_full_grammar) {
  constexpr std::string_view kText = R"(# head
apiVersion: v1   # comment
"kind": 'Con''fig'
metadata:
  name: "a\tb"
  labels: {}
  annotations: {a: b, "c": [1, two, 3.5], d: {e: ~}}

data:
  script: |
    #!/bin/sh
      indented

    echo done
  folded: >-
    one
    two

    three
     four
    five


  keep: |+
    x

  multi: a plain
    scalar over

    lines
  nothing:
  number: 0x1F
items:
- a
-
  - b
  - - c
    - d: 1
      e: 2
- f: |
    g
  h:
  - i
- null
-   j: k
    l: m
- &one two
- n: &m   # a map
    o: *one
    p: &q [1, -x]
  r: *m
- *q
- 'several
  lines,

  it''s'
- "joined \
   by  \u00e9
  \t x"
- on: yes
)";
  auto fast = parse_yaml_document(kText), full = parse_yaml_document(kText, {.fast_path = false});
  ASSERT_TRUE(fast && full);
  EXPECT_EQ(to_json(fast->root), to_json(full->root));
  std::string a, b;
  list_places(*fast, fast->root, "", a);
  list_places(*full, full->root, "", b);
  EXPECT_EQ(a, b);
}

TEST(YamlReader, a_document_outlives_its_text_and_its_parts_outlive_it) {
  Value part;
  Document copy;
  {
    std::string text = "spec:\n  containers:\n  - name: a container with a long name\n    image: registry/image:tag-1\n";
    Document document = *parse_yaml_document(text);
    part = document.root["spec"]["containers"][0];
    copy = document;
    text.assign(text.size(), '#');
    document.root.edit("spec").set("more", part);
    EXPECT_EQ(document.root["spec"].size(), 2u);
  }
  EXPECT_EQ(copy.place("/spec/containers/0/image").line, 4u);
  copy = Document();
  EXPECT_EQ(to_json(part), R"({"image":"registry/image:tag-1","name":"a container with a long name"})");
  Value edited = part;
  edited.set("image", "other");
  edited.erase("name");
  EXPECT_EQ(to_json(edited), R"({"image":"other"})");
  EXPECT_EQ(part["image"].as_string(), "registry/image:tag-1");
}

TEST(YamlReader, one_hard_document_does_not_stop_the_fast_path) {
  auto documents = parse_yaml("a: 1\n---\nb: &x [1]\nc: *x\n---\nd: 2\n...\n---\ne: 3\n");
  ASSERT_TRUE(documents) << documents.error().to_string();
  ASSERT_EQ(documents->size(), 4u);
  EXPECT_EQ(to_json((*documents)[1].root), R"({"b":[1],"c":[1]})");
  EXPECT_EQ((*documents)[2].place("/d"), (Place{6, 4}));
  EXPECT_EQ((*documents)[3].place("/e"), (Place{9, 4}));
  EXPECT_EQ(parse_yaml("a: 1\n---\nb: [\n").error().message(), "yaml: line 3: did not find expected node content");
}

}  // namespace
}  // namespace taut
