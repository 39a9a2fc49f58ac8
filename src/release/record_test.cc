#include "release/record.hh"

#include <gtest/gtest.h>

#include "base/base64.hh"
#include "release/gzip.hh"
#include "value/json.hh"

namespace taut::release {
namespace {

Release full() {
  Release out;
  out.name = "web";
  out.ns = "apps";
  out.version = 3;
  out.first_deployed = "2026-01-01T00:00:00.5+02:00";
  out.last_deployed = "2026-01-02T00:00:00Z";
  out.set(kDeployed, "Upgrade complete");
  out.notes = "hello";
  out.chart = Value::map({{"metadata", Value::map({{"name", "web"}, {"version", "1.0.0"}, {"appVersion", "7"}})}});
  out.config = Value::map({{"a", 1}});
  out.manifest = "---\nkind: ConfigMap\n";
  out.hooks.push_back({.name = "job", .kind = "Job", .events = {"test"}, .weight = -3, .phase = "Succeeded"});
  out.apply_method = "ssa";
  return out;
}

TEST(Record, comes_back_as_it_was_written) {
  auto back = decode_record(encode_record(full()));
  ASSERT_TRUE(back) << back.error().message();
  EXPECT_EQ(to_json(to_value(*back)), to_json(to_value(full())));
  EXPECT_EQ(back->first_deployed, "2026-01-01T00:00:00.5+02:00");
  EXPECT_EQ(back->chart_name(), "web-1.0.0");
  EXPECT_EQ(back->hooks[0].weight, -3);
}

TEST(Record, what_a_chart_holds_beside_is_not_lost) {
  Release release = full();
  release.chart.set("modtime", "2026-01-01T00:00:00Z");
  EXPECT_EQ(decode_record(encode_record(release))->chart["modtime"].as_string(), "2026-01-01T00:00:00Z");
}

TEST(Record, one_that_is_not_compressed_is_read) {
  auto back = decode_record(base64_encode(R"({"name":"old","info":{"status":"deployed"},"version":1})"));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->name, "old");
  EXPECT_EQ(back->status, "deployed");
  EXPECT_EQ(back->chart_name(), "MISSING");
}

TEST(Record, damage_is_an_error) {
  EXPECT_FALSE(decode_record("!"));
  EXPECT_FALSE(decode_record(base64_encode("\x1f\x8b\x08 no gzip")));
  EXPECT_FALSE(decode_record(base64_encode("[]")));
  auto wrong = decode_record(base64_encode(gzip(R"({"name":1})")));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message(),
            "json: cannot unmarshal number into Go struct field Release.name of type string");
}

TEST(Record, times_have_as_many_digits_as_they_need) {
  Time time = *parse_rfc3339("2026-11-23T11:30:00.1200Z");
  EXPECT_EQ(time_text(time), "2026-11-23T11:30:00.12Z");
  EXPECT_EQ(time_text(*parse_rfc3339("2026-11-23T11:30:00Z")), "2026-11-23T11:30:00Z");
}

}  // namespace
}  // namespace taut::release
