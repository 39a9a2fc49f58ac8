#include <gtest/gtest.h>

#include "lang/gotmpl/funcs/testing.hh"

namespace taut::gotmpl {
namespace {

using testing::fault;
using testing::render;

TEST(Lists, are_not_changed) {
  EXPECT_EQ(render("{{ $l := list 1 2 }}{{ append $l 3 }} {{ prepend $l 0 }} {{ reverse $l }} {{ $l }}"),
            "[1 2 3] [0 1 2] [2 1] [1 2]");
}

TEST(Lists, the_rest_of_nothing_is_a_nil_slice) {
  EXPECT_EQ(render("{{ rest list | toJson }} {{ concat | toJson }} {{ compact list | toJson }} {{ first list | toJson }}"),
            "null null [] null");
}

TEST(Lists, compare_by_type_too) {
  EXPECT_EQ(render("{{ uniq (list 1 1.0 \"1\" 1) }} {{ has 3 (list 3.0) }} {{ without (list 1 2 3) 2 }} {{ has 1 nil }}"),
            "[1 1 1] false [1 3] false");
}

TEST(Lists, slices_and_chunks) {
  EXPECT_EQ(render("{{ slice (list 1 2 3 4) 1 3 }} {{ slice (until 3) 1 | printf \"%T\" }} {{ chunk 2 (list 1 2 3) }}"),
            "[2 3] []int [[1 2] [3]]");
  EXPECT_EQ(fault("{{ slice (list 1) 5 }}"), "reflect.Value.Slice: slice index out of bounds");
  EXPECT_EQ(fault("{{ chunk 0 (list 1) }}"), "runtime error: makeslice: len out of range");
}

TEST(Lists, refuse_what_is_no_list) {
  EXPECT_EQ(fault("{{ first \"a\" }}"), "Cannot find first on type string");
  EXPECT_EQ(fault("{{ concat (dict) }}"), "Cannot concat type map as list");
  EXPECT_EQ(fault("{{ mustLast nil }}"), "runtime error: invalid memory address or nil pointer dereference");
}

TEST(Dicts, keys_are_texts) {
  EXPECT_EQ(render("{{ dict 1 2 \"a\" | toJson }} {{ get (dict \"a\" 1) \"b\" | quote }}"), "{\"1\":2,\"a\":\"\"} \"\"");
}

TEST(Dicts, set_and_unset_change_what_everybody_holds) {
  EXPECT_EQ(render("{{ $a := dict \"x\" 1 }}{{ $b := $a }}{{ $_ := set $b \"y\" 2 }}{{ $_ = unset $a \"x\" }}{{ $b }}"),
            "map[y:2]");
}

TEST(Dicts, choosing) {
  EXPECT_EQ(render("{{ $d := dict \"a\" 1 \"b\" 2 \"c\" nil }}{{ pick $d \"a\" \"z\" }} {{ omit $d \"a\" }} {{ keys $d }} "
                   "{{ pluck \"a\" $d (dict) }} {{ hasKey $d \"c\" }}"),
            "map[a:1] map[b:2 c:<nil>] [a b c] [1] true");
}

TEST(Dicts, digging) {
  EXPECT_EQ(render("{{ $d := dict \"a\" (dict \"b\" 1) }}{{ dig \"a\" \"b\" 0 $d }} {{ dig \"a\" \"x\" \"y\" 0 $d }}"), "1 0");
  EXPECT_EQ(fault("{{ dig \"a\" 1 \"str\" }}"),
            "interface conversion: interface {} is string, not map[string]interface {}");
  EXPECT_EQ(fault("{{ dig 1 2 (dict) }}"), "interface conversion: interface {} is int, not string");
}

TEST(Dicts, deep_copies_share_nothing) {
  EXPECT_EQ(render("{{ $a := dict \"x\" (dict \"y\" 1) }}{{ $b := deepCopy $a }}{{ $_ := set $b.x \"y\" 2 }}{{ $a }}{{ $b }}"),
            "map[x:map[y:1]]map[x:map[y:2]]");
}

TEST(Merge, fills_what_is_empty) {
  EXPECT_EQ(render("{{ merge (dict \"a\" 0 \"b\" 1 \"l\" (list 1)) (dict \"a\" 2 \"b\" 3 \"l\" (list 2) \"c\" 4) }}"),
            "map[a:2 b:1 c:4 l:[1]]");
}

TEST(Merge, overwriting_takes_empty_sources_too) {
  EXPECT_EQ(render("{{ mergeOverwrite (dict \"a\" 1 \"b\" 2 \"m\" (dict \"x\" 1)) (dict \"a\" nil \"b\" \"\" \"m\" (dict \"y\" 2)) }}"),
            "map[a:<nil> b: m:map[x:1 y:2]]");
}

TEST(Merge, shares_maps_with_the_source) {
  EXPECT_EQ(render("{{ $s := dict \"m\" (dict \"x\" 1) }}{{ $d := merge (dict) $s }}{{ $_ := set $d.m \"x\" 2 }}{{ $s }}"),
            "map[m:map[x:2]]");
}

TEST(Merge, a_map_may_be_merged_into_itself) {
  EXPECT_EQ(render("{{ $d := dict \"a\" 1 }}{{ $_ := set $d \"self\" $d }}{{ $_ := mergeOverwrite $d $d }}{{ $d.a }}"), "1");
}

}  // namespace
}  // namespace taut::gotmpl
