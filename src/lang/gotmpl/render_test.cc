#include <gtest/gtest.h>

#include "lang/gotmpl/execution.hh"

namespace taut::gotmpl {
namespace {

const FunctionTable& functions() {
  static const FunctionTable table({});
  return table;
}

// The text of a template on some data, or the error.
std::string render(std::string_view text, MissingKey missing_key = MissingKey::kZero) {
  Heap heap;
  TemplateSet set(functions());
  if (Status parsed = set.parse("t", text); !parsed) return parsed.error().message();
  taut::Value data = taut::Value::map({
      {"name", "web"},
      {"count", 3},
      {"list", taut::Value::list({1, "b"})},
      {"map", taut::Value::map({{"b", 2}, {"a", 1.5}})},
      {"none", nullptr},
  });
  Environment environment;
  Execution run(set, heap, environment, missing_key);
  auto out = run.render("t", heap.wrap(data));
  return out ? *out : out.error().message();
}

TEST(Render, text_and_fields) {
  EXPECT_EQ(render("a {{ .name }} {{ .map.a }} {{ .none }}|{{ $.count }}"), "a web 1.5 <no value>|3");
}

TEST(Render, trims_and_comments) {
  EXPECT_EQ(render("a  {{- /* c\n */ -}}  b {{- 3 -}} \n c{{/* d */}}"), "ab3c");
}

TEST(Render, branches) {
  EXPECT_EQ(render("{{ if .none }}1{{ else if eq .name \"web\" }}2{{ else }}3{{ end }}"), "2");
  EXPECT_EQ(render("{{ with .none }}1{{ else with .map }}{{ .b }}{{ end }}"), "2");
}

TEST(Render, ranges) {
  EXPECT_EQ(render("{{ range $i, $v := .list }}{{ $i }}={{ $v }},{{ end }}"), "0=1,1=b,");
  EXPECT_EQ(render("{{ range $k, $v := .map }}{{ $k }}={{ $v }},{{ end }}"), "a=1.5,b=2,");
  EXPECT_EQ(render("{{ range 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}"),
            "02");
  EXPECT_EQ(render("{{ range .none }}x{{ else }}empty{{ end }}"), "empty");
}

TEST(Render, variables_are_of_their_block) {
  EXPECT_EQ(render("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x := 3 }}{{ $x }}{{ end }}{{ $x }}"), "32");
  EXPECT_EQ(render("{{ if false }}{{ $y := 1 }}{{ else }}{{ $y }}{{ end }}"),
            "template: t:1:40: executing \"t\" at <$y>: undefined variable: $y");
}

TEST(Render, templates) {
  EXPECT_EQ(render("{{ define \"a\" }}<{{ . }}>{{ end }}{{ template \"a\" .name }}{{ block \"b\" 1 }}b{{ . }}{{ end }}"),
            "<web>b1");
}

TEST(Render, later_definitions_win_unless_empty) {
  TemplateSet set(functions());
  ASSERT_TRUE(set.parse("one", "{{ define \"a\" }}1{{ end }}"));
  ASSERT_TRUE(set.parse("two", "{{ define \"a\" }}2{{ end }}"));
  ASSERT_TRUE(set.parse("three", "{{ define \"a\" }} {{/* nothing */}} {{ end }}{{ template \"a\" }}"));
  Heap heap;
  Environment environment;
  Execution run(set, heap, environment);
  EXPECT_EQ(run.render("three", Value::nil()).value(), "2");
}

TEST(Render, texts_over_a_set_see_it_and_leave_it) {
  TemplateSet set(functions());
  ASSERT_TRUE(set.parse("one", "{{ define \"a\" }}1{{ end }}"));
  Heap heap;
  Environment environment;
  Execution run(set, heap, environment);
  bool parse_failed = false;
  auto out = run.run_text("gotpl", "{{ define \"b\" }}2{{ end }}{{ template \"a\" }}{{ template \"b\" }}", Value::nil(),
                          parse_failed);
  EXPECT_EQ(out.value().as_text(), "12");
  EXPECT_EQ(set.find("b"), nullptr);
}

TEST(Render, changes_of_wrapped_documents_are_seen_everywhere) {
  Heap heap;
  taut::Value document = taut::Value::map({{"a", taut::Value::map({{"x", 1}})}});
  Value root = heap.wrap(document);
  root.map().get("a").map().set("y", Value::text("new"));
  EXPECT_EQ(root.map().get("a").map().get("y").as_text(), "new");
  EXPECT_EQ(to_document(root).value(), taut::Value::map({{"a", taut::Value::map({{"x", 1}, {"y", "new"}})}}));
  EXPECT_FALSE(document["a"].contains("y"));
}

TEST(Render, missing_keys) {
  EXPECT_EQ(render("{{ .nope }}", MissingKey::kDefault), "<no value>");
  EXPECT_EQ(render("{{ .nope }}", MissingKey::kError),
            "template: t:1:3: executing \"t\" at <.nope>: map has no entry for key \"nope\"");
  EXPECT_EQ(render("{{ .nope.x }}"),
            "template: t:1:8: executing \"t\" at <.nope.x>: nil pointer evaluating interface {}.x");
}

TEST(Render, errors_of_functions) {
  EXPECT_EQ(render("{{ lt 1 2.0 }}"), "template: t:1:3: executing \"t\" at <lt 1 2.0>: error calling lt: incompatible "
                                      "types for comparison: int and float64");
  EXPECT_EQ(render("\n{{ printf 1 }}"), "template: t:2:10: executing \"t\" at <1>: expected string; found 1");
  EXPECT_EQ(render("{{ printf .list }}"),
            "template: t:1:10: executing \"t\" at <.list>: wrong type for value; expected string; got []interface {}");
}

TEST(Render, parse_errors) {
  EXPECT_EQ(render("{{ if }}x{{ end }}"), "template: t:1: missing value for if");
  EXPECT_EQ(render("a\n{{ nope 1 }}"), "template: t:2: function \"nope\" not defined");
  EXPECT_EQ(render("{{ range .x }}"), "template: t:1: unexpected EOF");
  EXPECT_EQ(render("{{ end }}"), "template: t:1: unexpected {{end}}");
  EXPECT_EQ(render("{{ .x"), "template: t:1: unclosed action");
  EXPECT_EQ(render("{{ .x\n\n\n!"), "template: t:4: unexpected \"!\" in operand");
}

TEST(Render, origins_tell_which_part_of_a_template_made_a_text) {
  TemplateSet set(functions());
  ASSERT_TRUE(set.parse("help", "{{ define \"a\" }}in a{{ end }}"));
  ASSERT_TRUE(set.parse("t", "x: {{ 12 }}\ny: {{ template \"a\" }}"));
  Heap heap;
  Environment environment;
  Execution run(set, heap, environment);
  std::vector<Origin> origins;
  run.trace(&origins);
  EXPECT_EQ(run.render("t", Value()).value(), "x: 12\ny: in a");
  std::string shown;
  for (const Origin& origin : origins) {
    shown += fmt::format("{} {}:{} {}\n", origin.start, origin.file, origin.position, origin.literal ? "text" : "value");
  }
  EXPECT_EQ(shown, "0 t:0 text\n3 t:6 value\n5 t:11 text\n9 help:16 text\n");
}

TEST(Render, endless_templates_end) {
  EXPECT_EQ(render("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" }}")
                .find("exceeded maximum template depth") != std::string::npos,
            true);
  std::string deep(200000, '(');
  EXPECT_EQ(render("{{ " + deep), "template: t:1: max expression depth exceeded");
}

TEST(Render, limits_are_errors) {
  Heap heap(size_t{1} << 20);
  TemplateSet set(functions());
  ASSERT_TRUE(set.parse("t", "{{ range 1000000 }}{{ $x := print . \"some text that takes memory\" }}{{ end }}"));
  Environment environment;
  Execution run(set, heap, environment);
  auto out = run.render("t", Value::nil());
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code(), Code::kLimit);
}

}  // namespace
}  // namespace taut::gotmpl
