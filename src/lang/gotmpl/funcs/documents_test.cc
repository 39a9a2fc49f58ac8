// YAML, JSON, TOML, dates.
#include <gtest/gtest.h>

#include "base/strings.hh"
#include "lang/gotmpl/funcs/testing.hh"

namespace taut::gotmpl {
namespace {

using testing::environment;
using testing::fault;
using testing::render;

TEST(Documents, numbers_read_are_float64) {
  EXPECT_EQ(render("{{ (fromYaml \"a: 1\").a | kindOf }} {{ (fromJson \"{\\\"a\\\":-0}\").a }} {{ (fromJsonArray \"[1]\") | first | kindOf }}"),
            "float64 -0 float64");
}

TEST(Documents, errors_become_values) {
  EXPECT_EQ(render("{{ (fromYaml \"[]\").Error }}"),
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type "
            "map[string]interface {}");
  EXPECT_EQ(render("{{ fromYamlArray \"a: b: c\" }}"),
            "[error converting YAML to JSON: yaml: mapping values are not allowed in this context]");
  EXPECT_EQ(render("{{ fromJson \"{\" }}"), "map[Error:unexpected end of JSON input]");
  EXPECT_EQ(fault("{{ mustFromJson \"{\" }}"), "unexpected end of JSON input");
}

TEST(Documents, null_is_empty_in_yaml_and_nil_in_json) {
  EXPECT_EQ(render("{{ fromYaml \"\" | toJson }} {{ fromYamlArray \"~\" | toJson }} {{ fromJson \"null\" | toJson }}"), "{} [] null");
  EXPECT_EQ(fault("{{ set (fromJson \"null\") \"a\" 1 }}"), "assignment to entry in nil map");
}

TEST(Documents, numbers_written_are_those_of_json) {
  EXPECT_EQ(render("{{ toYaml .v }} {{ toJson .v }} {{ .v }}", "v: 1000000"), "1000000 1000000 1e+06");
  EXPECT_EQ(render("{{ toYaml (list 1 2.5) | quote }}"), "\"- 1\\n- 2.5\"");
  EXPECT_EQ(render("{{ toYamlPretty (dict \"a\" (list .v)) | quote }}", "v: 1000000"), "\"a:\\n  - 1e+06\"");
}

TEST(Documents, what_json_cannot_hold_is_nothing_or_a_failure) {
  EXPECT_EQ(render("[{{ toJson (float64 \"inf\") }}{{ toYaml (float64 \"inf\") }}]"), "[]");
  EXPECT_EQ(fault("{{ mustToJson (float64 \"nan\") }}"), "json: unsupported value: NaN");
}

TEST(Documents, json_escapes_for_html_unless_raw) {
  EXPECT_EQ(render("{{ toJson \"<&>\" }} {{ toRawJson \"<&>\" }} {{ toPrettyJson (dict \"a\" 1) }}"),
            "\"\\u003c\\u0026\\u003e\" \"<&>\" {\n  \"a\": 1\n}");
}

TEST(Toml, tables_come_behind_plain_values) {
  EXPECT_EQ(render("{{ toToml (dict \"z\" 1 \"a b\" (dict \"c\" 1.0) \"l\" (list (dict \"x\" nil \"y\" true))) }}"),
            "z = 1\n\n[\"a b\"]\n  c = 1.0\n\n[[l]]\n  y = true\n");
  EXPECT_EQ(render("{{ toToml (dict \"l\" (list 1 (dict \"a\" \"\\t\\\"\" \"b\" (dict)))) }}"), "l = [1, {a = \"\\t\\\"\", b = {}}]\n");
  EXPECT_EQ(render("{{ toToml (dict \"l\" (list nil)) }}"), "toml: cannot encode array with nil element");
}

std::string read_toml(std::string_view text) { return render("{{ fromToml .t | toJson }}", "t: " + quote(text)); }

TEST(Toml, reads_all_forms) {
  EXPECT_EQ(read_toml("a.b = 1\na.c = [1, 2.5, # x\n 'r\\n']\n"), R"({"a":{"b":1,"c":[1,2.5,"r\\n"]}})");
  EXPECT_EQ(read_toml("[t]\nx = {a = 1, b.c = true}\n[[t.l]]\n[[t.l]]\ny = 0x1F\n"),
            R"({"t":{"l":[{},{"y":31}],"x":{"a":1,"b":{"c":true}}}})");
  EXPECT_EQ(read_toml("s = \"\"\"\nab \\\n   c\"\"\"\"\nu = \"\\u00e9\\x41\"\n"), R"({"s":"ab c\"","u":"éA"})");
  EXPECT_EQ(read_toml("d = 1979-05-27T07:32:00Z\ne = 1979-05-27\nf = 1_000\ng = 1e3"),
            R"({"d":"1979-05-27T07:32:00Z","e":"1979-05-27T00:00:00Z","f":1000,"g":1000})");
}

TEST(Toml, keeps_the_kinds_of_numbers_and_times) {
  EXPECT_EQ(render("{{ fromToml \"d = 1979-05-27\\nf = 1.0\\n[[a]]\\n\" | toToml }}"), "d = 1979-05-27\nf = 1.0\n\n[[a]]\n");
}

std::string toml_fault(std::string_view text) { return render("{{ (fromToml .t).Error }}", "t: " + quote(text)); }

TEST(Toml, refuses_in_the_words_of_the_library) {
  EXPECT_EQ(toml_fault("bad ="), "toml: line 1 (last key \"bad\"): unexpected EOF; expected value");
  EXPECT_EQ(toml_fault("a/b"), "toml: line 1: expected '.' or '=', but got '/' instead");
  EXPECT_EQ(toml_fault("a = 1\na = 2"), "toml: line 2 (last key \"a\"): Key 'a' has already been defined.");
  EXPECT_EQ(toml_fault("a = 01"), "toml: line 1 (last key \"a\"): Invalid integer \"01\": cannot have leading zeroes");
  EXPECT_EQ(toml_fault("[a]\nb = [1 2]"),
            "toml: line 2 (last key \"a.b\"): expected a comma (',') or array terminator (']'), but got '2'");
  EXPECT_EQ(toml_fault("a = \"x\n\""), "toml: line 1 (last key \"a\"): strings cannot contain newlines");
  EXPECT_EQ(toml_fault("[]"), "toml: line 1: unexpected end of table name (table names cannot be empty)");
}

TEST(Dates, layouts_and_zones) {
  EXPECT_EQ(render("{{ now | date \"2006-01-02 15:04\" }} {{ dateInZone \"15:04 MST\" (now) \"America/New_York\" }} {{ htmlDate now }}"),
            "2024-02-29 13:14 08:14 EST 2024-02-29");
  EXPECT_EQ(render("{{ dateInZone \"15:04 MST\" 0 \"Mars\" }} {{ date \"2006\" \"no time\" }}"), "00:00 UTC 2024");
  Environment berlin = environment();
  berlin.zone = *TimeZone::load("Europe/Berlin");
  EXPECT_EQ(render("{{ date \"15:04 MST\" now }} {{ toDate \"2006-01-02\" \"2024-07-01\" | unixEpoch }}", berlin), "14:14 CET 1719784800");
}

TEST(Dates, moving_and_measuring) {
  EXPECT_EQ(render("{{ now | dateModify \"-1.5h\" | date \"15:04\" }} {{ now | dateModify \"x\" | date \"15:04\" }}"), "11:44 13:14");
  EXPECT_EQ(fault("{{ mustDateModify \"x\" now }}"), "time: invalid duration \"x\"");
  EXPECT_EQ(render("{{ ago (now | dateModify \"-90s\") }} {{ duration \"95\" }} {{ duration 95 }} {{ duration (int64 95) }}"), "1m30s 1m35s 0s 1m35s");
  EXPECT_EQ(render("{{ durationRound \"2h10m5s\" }} {{ durationRound \"2400h\" }} {{ durationRound 5 }}"), "2h 3mo 0s");
}

TEST(Dates, what_does_not_parse_is_the_year_1) {
  EXPECT_EQ(render("{{ toDate \"2006\" \"x\" | date \"2006-01-02\" }}"), "0001-01-01");
  EXPECT_EQ(fault("{{ mustToDate \"2006-01-02\" \"bad\" }}"),
            "parsing time \"bad\" as \"2006-01-02\": cannot parse \"bad\" as \"2006\"");
}

}  // namespace
}  // namespace taut::gotmpl
