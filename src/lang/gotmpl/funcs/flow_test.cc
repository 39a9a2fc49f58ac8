#include <gtest/gtest.h>

#include "lang/gotmpl/funcs/failure.hh"
#include "lang/gotmpl/funcs/testing.hh"

namespace taut::gotmpl {
namespace {

using testing::environment;
using testing::fault;
using testing::render;

TEST(Flow, empty_is_what_go_calls_zero) {
  EXPECT_EQ(render("{{ default 1 0 }} {{ default 1 \"\" }} {{ default 1 false }} {{ default 1 (list) }} {{ default \"d\" }} "
                   "{{ default 1 2 }} {{ 3 | default 1 }}"),
            "1 1 1 1 d 2 3");
  EXPECT_EQ(render("{{ empty now }} {{ coalesce 0 \"\" nil 5 6 }} {{ all 1 0 }} {{ any 0 1 }} {{ all }}"),
            "false 5 false true true");
}

TEST(Flow, ternary_wants_a_bool) {
  EXPECT_EQ(render("{{ ternary 1 2 true }}{{ false | ternary 1 2 }}"), "12");
  EXPECT_NE(render("{{ ternary 1 2 \"true\" }}").find("expected bool; found \"true\""), std::string::npos);
}

TEST(Flow, failures_are_marked) {
  std::string message = render("{{ fail \"no way\" }}");
  EXPECT_EQ(marked_failure(message), "no way");
  EXPECT_EQ(marked_failure(render("{{ required \"need it\" \"\" }}")), "need it");
  EXPECT_EQ(render("{{ required \"x\" 0 }} {{ required \"x\" false }}"), "0 false");
  EXPECT_EQ(marked_failure("template: t:1:3"), std::nullopt);
}

TEST(Flow, lint_lets_failures_pass) {
  Environment lint = environment();
  lint.lint = true;
  EXPECT_EQ(render("[{{ fail \"x\" }}{{ required \"y\" nil }}]", lint), "[]");
}

TEST(Flow, include_gives_text) {
  EXPECT_EQ(render("{{ define \"a\" }}{{ .x }}!{{ end }}{{ include \"a\" (dict \"x\" 1) | upper | quote }}"), "\"1!\"");
  EXPECT_NE(render("{{ include \"none\" . }}").find("no template \"none\""), std::string::npos);
}

TEST(Flow, include_ends_when_a_template_includes_itself) {
  EXPECT_NE(render("{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}")
                .find("rendering template has a nested reference name: a: unable to execute template"),
            std::string::npos);
}

TEST(Flow, tpl_renders_a_text) {
  EXPECT_EQ(render("{{ tpl \"{{ .x }}{{ .none }}{{ define \\\"d\\\" }}D{{ end }}{{ include \\\"d\\\" . }}\" (dict \"x\" 1) }}"), "1D");
  EXPECT_NE(render("{{ tpl \"{{ . \" 1 }}").find("cannot parse template \"{{ . \": template: gotpl:1: "), std::string::npos);
  EXPECT_NE(render("{{ tpl \"{{ fail \\\"x\\\" }}\" 1 }}").find("error during tpl function execution for "), std::string::npos);
}

TEST(Flow, lookup_finds_nothing_offline) {
  EXPECT_EQ(render("{{ lookup \"v1\" \"Secret\" \"ns\" \"a\" }}"), "map[]");
}

TEST(Flow, lookup_asks_the_cluster) {
  Environment online = environment();
  online.lookup = [](std::string_view version, std::string_view kind, std::string_view name_space,
                     std::string_view name) -> Result<taut::Value> {
    if (name == "none") return taut::Value();
    return taut::Value::map({{"replicas", 3}, {"id", fmt::format("{}/{}/{}/{}", version, kind, name_space, name)}});
  };
  EXPECT_EQ(render("{{ (lookup \"v1\" \"Pod\" \"ns\" \"a\").id }}", online), "v1/Pod/ns/a");
  EXPECT_EQ(render("{{ kindOf (lookup \"v1\" \"Pod\" \"ns\" \"a\").replicas }}", online), "int64");
  EXPECT_EQ(render("{{ lookup \"v1\" \"Pod\" \"ns\" \"none\" }}", online), "map[]");
}

TEST(Flow, hosts_are_looked_up_only_where_that_is_on) {
  EXPECT_EQ(render("[{{ getHostByName \"localhost\" }}]"), "[]");
  Environment online = environment();
  online.resolve = [](std::string_view host) { return std::string(host) + "=127.0.0.1"; };
  EXPECT_EQ(render("{{ getHostByName \"h\" }}", online), "h=127.0.0.1");
}

TEST(Flow, types_by_name) {
  EXPECT_EQ(render("{{ kindOf 1 }} {{ typeOf (list) }} {{ kindIs \"map\" (dict) }} {{ typeIs \"string\" \"\" }} {{ kindOf nil }} "
                   "{{ typeIsLike \"semver.Version\" (semver \"1\") }} {{ deepEqual (list 1) (list 1) }}"),
            "int []interface {} true true invalid true true");
}

TEST(Table, names_are_there_by_the_helm_that_has_them) {
  EXPECT_EQ(render("{{ mustToToml (dict \"a\" 1) }}"), "a = 1\n");
  EXPECT_EQ(render("{{ mustToToml 1 }}", environment(41)), "template: t:1: function \"mustToToml\" not defined");
  EXPECT_EQ(render("{{ env \"HOME\" }}"), "template: t:1: function \"env\" not defined");
}

TEST(Table, every_row_has_its_facts_and_no_name_comes_twice) {
  std::set<std::string_view> names;
  for (const Function& row : helm_function_rows()) {
    EXPECT_FALSE(row.facts.empty()) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
  EXPECT_GE(names.size(), 215u);
}

}  // namespace
}  // namespace taut::gotmpl
