// Templates made to take all memory or all time: each ends in an error that names its place and the limit.
#include <gtest/gtest.h>

#include "lang/gotmpl/funcs/testing.hh"

namespace taut::gotmpl {
namespace {

using testing::environment;

// The error, "CODE MESSAGE"; "rendered" if there is none.
std::string failure(std::string_view text, Limits limits = {}) {
  Heap heap;
  TemplateSet set(helm_functions(42));
  if (Status parsed = set.parse("t", text); !parsed) return parsed.error().message();
  const Environment world = environment();
  Execution run(set, heap, world, MissingKey::kZero, limits);
  auto out = run.render("t", Value::nil());
  if (out) return "rendered";
  return (out.error().code() == Code::kLimit ? "limit " : "") + out.error().message();
}

constexpr std::string_view kMemory = "the limit on the memory (512 MiB) was passed";
constexpr std::string_view kText = "the limit on the size of a text (32 MiB) was passed";
constexpr std::string_view kPieces = "the limit on the number of pieces of a text (2000000) was passed";
constexpr std::string_view kSteps = "the limit on the number of steps (100000000) was passed";
constexpr std::string_view kWork = "the limit on the work of functions was passed";
constexpr std::string_view kDocument = "the limit on the size of a document (64 MiB) was passed";

struct Bomb {
  std::string_view name, text, limit;
};

constexpr Bomb kBombs[] = {
    {"until", "{{ range until 100000000 }}{{ end }}", kMemory},
    {"until_step", "{{ untilStep 0 1000000000 1 | len }}", kMemory},
    {"a_list_that_grows", "{{ $l := list }}{{ range 20000000 }}{{ $l = append $l . }}{{ end }}", kMemory},
    {"copies", "{{ $x := dict }}{{ range until 40 }}{{ $x = dict \"a\" $x \"b\" $x }}{{ end }}{{ $y := deepCopy $x }}", kMemory},
    {"documents_that_are_read", "{{ range 100 }}{{ $x := fromJson (printf \"{\\\"a\\\":[%s[]]}\" (repeat 1000000 \"[],\")) }}{{ end }}", kMemory},
    {"texts_as_templates", "{{ range $i := until 100 }}{{ $x := tpl (printf \"%d%s\" $i (repeat 1000000 \"{{1}}\")) . }}{{ end }}", kMemory},
    {"versions", "{{ range 20000000 }}{{ $x := semver \"1.0.0\" }}{{ end }}", kMemory},
    {"repeat", "{{ repeat 1000000000 \"a\" }}", kText},
    {"indent", "{{ indent 1000000000 \"a\" }}", kText},
    {"nindent_of_many_lines", "{{ nindent 10000 (repeat 100000 \"a\\n\") }}", kText},
    {"replace", "{{ $b := repeat 10000000 \"a\" }}{{ replace \"a\" $b $b }}", kText},
    {"replace_of_nothing", "{{ $b := repeat 10000000 \"a\" }}{{ replace \"\" $b $b }}", kText},
    {"join", "{{ join (repeat 10000000 \"a\") (until 1000) }}", kText},
    {"wrap_with", "{{ wrapWith 1 (repeat 1000000 \"a\") (repeat 1000000 \"b\") }}", kText},
    {"sequence", "{{ seq 1 1000000000 }}", kText},
    {"printf_of_a_text_again_and_again", "{{ printf (repeat 100000 \"%[1]s\") (repeat 1000000 \"a\") }}", kText},
    {"printf_of_widths", "{{ printf (repeat 1000 \"%999999[1]d\") 1 }}", kText},
    {"print_of_few_values_that_stand_for_many", "{{ $x := list 1 }}{{ range until 40 }}{{ $x = list $x $x }}{{ end }}{{ $x }}", kText},
    {"random_texts", "{{ randAlpha 1000000000 }}", kText},
    {"references_in_replacements", "{{ regexReplaceAll \"(a*)\" (repeat 1000000 \"a\") (repeat 100000 \"$1\") }}", kText},
    {"split", "{{ splitList \"\" (repeat 30000000 \"a\") | len }}", kPieces},
    {"to_yaml_of_few_values_that_stand_for_many", "{{ $x := list 1 }}{{ range until 40 }}{{ $x = list $x $x }}{{ end }}{{ toYaml $x }}", kDocument},
    {"to_json_of_deep_values", "{{ $x := list 1 }}{{ range 900 }}{{ $x = list $x }}{{ end }}{{ $y := list }}{{ range 200 }}{{ $y = append $y $x }}{{ end }}{{ toPrettyJson $y }}", kDocument},
    {"ranges_in_ranges", "{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}", kSteps},
    {"regular_expressions_on_long_texts", "{{ regexMatch \"(a|b)*a(a|b){900}c\" (repeat 10000000 \"ab\") }}", kWork},
    {"matches_that_look_at_all_that_follows", "{{ regexFindAll \"a.*z|a\" (repeat 1000000 \"a\") -1 }}", kWork},
    {"uniq", "{{ uniq (until 100000) | len }}", kWork},
    {"sorting", "{{ $l := until 100000 | toStrings | sortAlpha }}{{ range 10000 }}{{ $l = sortAlpha $l }}{{ end }}", kWork},
    {"merging", "{{ $x := dict }}{{ $y := dict }}{{ range until 30 }}{{ $x = dict \"a\" $x \"b\" $x }}{{ $y = dict \"a\" $y \"b\" $y }}{{ end }}{{ merge $x $y }}", kWork},
    {"maps_filled_from_their_end", "{{ $d := dict }}{{ range 1000000 }}{{ $_ := set $d (printf \"%d\" (sub 9999999 .)) 1 }}{{ end }}", kWork},
    {"hashes", "{{ $b := repeat 30000000 \"a\" }}{{ range 1000 }}{{ $x := sha256sum $b }}{{ end }}", kWork},
};

class Bombs : public ::testing::TestWithParam<Bomb> {};

TEST_P(Bombs, end_with_the_limit_and_the_place) {
  const std::string message = failure(GetParam().text);
  EXPECT_TRUE(message.starts_with("limit template: t:1:")) << message;
  EXPECT_NE(message.find(GetParam().limit), std::string::npos) << message;
}

INSTANTIATE_TEST_SUITE_P(Limits, Bombs, ::testing::ValuesIn(kBombs),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Limits, includes_end_in_the_words_of_helm) {
  const std::string message = failure("{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}");
  EXPECT_TRUE(message.ends_with("error calling include: rendering template has a nested reference name: a: unable to execute template"));
}

// The address sanitizer makes frames so large that the stack may end first.
bool is_too_deep(std::string_view message) {
#ifdef TAUT_SANITIZED
  if (message.ends_with("the limit on the depth of calls was passed")) return true;
#endif
  return message.ends_with("the limit on the depth of texts given to tpl (1000) was passed");
}

TEST(Limits, texts_that_call_tpl_on_themselves_end) {
  const std::string message = failure("{{ $d := dict \"t\" \"{{ tpl .t . }}\" }}{{ tpl $d.t $d }}");
  EXPECT_TRUE(message.starts_with("limit template: t:1:"));
  EXPECT_TRUE(is_too_deep(message)) << message.substr(message.size() - 200);
}

TEST(Limits, long_stories_are_cut) {
  const std::string message = failure("{{ $d := dict }}{{ $_ := set $d \"t\" (printf \"{{ tpl .t . }}%s\" (repeat 1000000 \"x\")) }}{{ tpl $d.t $d }}");
  EXPECT_LT(message.size(), size_t{2} << 20);
  EXPECT_TRUE(is_too_deep(message)) << message.substr(message.size() - 200);
}

TEST(Limits, all_texts_together_count_as_output) {
  Heap heap;
  TemplateSet set(helm_functions(42));
  ASSERT_TRUE(set.parse("t", "{{ repeat 600 \"a\" }}"));
  const Environment world = environment();
  Execution run(set, heap, world, MissingKey::kZero, {.output = 1000});
  EXPECT_TRUE(run.render("t", Value::nil()));
  EXPECT_EQ(run.render("t", Value::nil()).error().code(), Code::kLimit);
}

}  // namespace
}  // namespace taut::gotmpl
