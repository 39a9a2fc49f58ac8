#include <gtest/gtest.h>

#include "lang/gotmpl/literal.hh"
#include "lang/gotmpl/node.hh"

namespace taut::gotmpl {
namespace {

const FunctionTable& functions() {
  static const FunctionTable table({});
  return table;
}

std::string refusal(std::string_view text) {
  auto parsed = parse("t", text, functions());
  return parsed ? "" : parsed.error().message();
}

// What a template was understood as.
std::string understood(std::string_view text) {
  auto parsed = parse("t", text, functions());
  return parsed ? node_text(*(*parsed)->main()->root) : parsed.error().message();
}

TEST(Parser, shows_nodes_as_go_does) {
  EXPECT_EQ(understood("{{ $x := .a.b | printf \"%d\" 0x1F 'x' }}{{ $x.y }}{{ (len .).z nil true }}"),
            "{{$x := .a.b | printf \"%d\" 0x1F 'x'}}{{$x.y}}{{(len .).z nil true}}");
  EXPECT_EQ(understood("{{ if .a }}1{{ else if .b }}2{{ end }}{{ range $i, $e := . }}{{ break }}{{ else }}{{ end }}"),
            "{{if .a}}1{{else}}{{if .b}}2{{end}}{{end}}{{range $i, $e := .}}{{break}}{{else}}{{end}}");
  EXPECT_EQ(understood("{{ with . }}{{ template `a` . }}{{ end }}{{ block \"b\" . }}x{{ end }}"),
            "{{with .}}{{template \"a\" .}}{{end}}{{template \"b\" .}}");
}

TEST(Parser, trims_white_space_at_markers_only) {
  EXPECT_EQ(understood("a \n{{- 1 -}}\n b {{2 }} c"), "a{{1}}b {{2}} c");
  EXPECT_EQ(understood("a {{-3}} b"), "a {{-3}} b");
  EXPECT_EQ(understood("a {{- /* x */ -}} b{{/* y */}} c"), "ab c");
}

TEST(Parser, refuses_in_the_words_of_go) {
  EXPECT_EQ(refusal("{{ 1 | 2 }}"), "template: t:1: non executable command in pipeline stage 2");
  EXPECT_EQ(refusal("{{ .a . }}{{ end }}"), "template: t:1: unexpected {{end}}");
  EXPECT_EQ(refusal("{{ \"a }}"), "template: t:1: unterminated quoted string");
  EXPECT_EQ(refusal("\n{{/* a }}"), "template: t:2: unclosed comment");
  EXPECT_EQ(refusal("{{ (1 }}"), "template: t:1: unclosed left paren");
  EXPECT_EQ(refusal("{{ 1) }}"), "template: t:1: unexpected right paren");
  EXPECT_EQ(refusal("{{ .a!b }}"), "template: t:1: bad character U+0021 '!'");
  EXPECT_EQ(refusal("{{ $x }}"), "template: t:1: undefined variable \"$x\"");
  EXPECT_EQ(refusal("{{ \"a\".b }}"), "template: t:1: unexpected . after term \"\\\"a\\\"\"");
  EXPECT_EQ(refusal("{{ range $a, $b, $c := . }}{{ end }}"), "template: t:1: too many declarations in range");
  EXPECT_EQ(refusal("{{ break }}"), "template: t:1: {{break}} outside {{range}}");
  EXPECT_EQ(refusal("{{ template x }}"), "template: t:1: unexpected \"x\" in template clause");
  EXPECT_EQ(refusal("{{ define \"a\" }}1{{ end }}{{ define \"a\" }}2{{ end }}"),
            "template: t:1: template: multiple definition of template \"a\"");
  EXPECT_EQ(refusal("{{ if 1\n2\n"), "template: t:3: unclosed action started at t:1");
  EXPECT_EQ(refusal("{{ 08 }}"), "template: t:1: integer overflow: \"08\"");
  EXPECT_EQ(refusal("{{ 1x }}"), "template: t:1: bad number syntax: \"1x\"");
}

TEST(Literal, texts) {
  EXPECT_EQ(unquote("\"a\\n\\x41\\u00e9\\101\\\"\"").value(), "a\nA\xC3\xA9" "A\"");
  EXPECT_EQ(unquote("`a\r\\n`").value(), "a\\n");
  EXPECT_FALSE(unquote("\"\\'\""));
  EXPECT_FALSE(unquote("\"\\400\""));
  EXPECT_FALSE(unquote("\"\\ud800\""));
}

TEST(Literal, numbers_have_all_forms_that_fit) {
  NumberNode node{};
  ASSERT_TRUE(read_number("1e3", NumberForm::kPlain, node));
  EXPECT_TRUE(node.is_int && node.is_uint && node.is_float && node.integer == 1000);
  NumberNode large{};
  ASSERT_TRUE(read_number("18446744073709551615", NumberForm::kPlain, large));
  EXPECT_TRUE(!large.is_int && large.is_uint && large.natural == UINT64_MAX);
  NumberNode complex{};
  ASSERT_TRUE(read_number("1-2.5i", NumberForm::kComplex, complex));
  EXPECT_EQ(complex.complex, std::complex<double>(1, -2.5));
  NumberNode character{};
  ASSERT_TRUE(read_number("'\\n'", NumberForm::kCharacter, character));
  EXPECT_EQ(character.integer, '\n');
}

}  // namespace
}  // namespace taut::gotmpl
