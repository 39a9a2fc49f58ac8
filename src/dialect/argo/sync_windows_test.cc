#include "dialect/argo/sync_windows.hh"

#include <gtest/gtest.h>

#include "value/json.hh"

namespace taut::argo {
namespace {

Time at(std::string_view text) { return *parse_rfc3339(text); }

SyncWindows windows(std::string_view json) { return *SyncWindows::all(*parse_json(json)); }

TEST(SyncWindows, a_deny_beats_an_allow) {
  auto both = windows(R"([{"kind":"allow","schedule":"0 8 * * *","duration":"10h"},
                          {"kind":"deny","schedule":"0 12 * * *","duration":"1h"}])");
  EXPECT_FALSE(both.may_sync(at("2026-11-23T07:00:00Z"), false, {}));
  EXPECT_TRUE(both.may_sync(at("2026-11-23T09:00:00Z"), false, {}));
  EXPECT_FALSE(both.may_sync(at("2026-11-23T12:30:00Z"), true, {}));
  EXPECT_EQ(both.next_change(at("2026-11-23T12:30:00Z")), at("2026-11-23T13:00:00Z"));
}

TEST(SyncWindows, the_time_zone_moves_the_schedule) {
  auto berlin = windows(R"([{"kind":"allow","schedule":"0 8 * * *","duration":"1h","timeZone":"Europe/Berlin"}])");
  EXPECT_TRUE(berlin.may_sync(at("2026-11-23T07:30:00Z"), false, {}));
  EXPECT_FALSE(berlin.may_sync(at("2026-11-23T08:30:00Z"), false, {}));
  EXPECT_TRUE(berlin.may_sync(at("2026-07-23T06:30:00Z"), false, {}));
}

TEST(SyncWindows, an_operation_that_was_let_in_may_overrun) {
  auto overrun = windows(R"([{"kind":"allow","schedule":"0 8 * * *","duration":"1h","syncOverrun":true}])");
  EXPECT_TRUE(overrun.may_sync(at("2026-11-23T09:10:00Z"), false, at("2026-11-23T08:55:00Z")));
  EXPECT_FALSE(overrun.may_sync(at("2026-11-23T09:10:00Z"), false, at("2026-11-23T09:05:00Z")));
}

// What `next_change` says is the moment when the answer is another: an instant before it is not.
TEST(SyncWindows, the_answer_changes_when_it_is_said_to) {
  auto all = windows(R"([{"kind":"allow","schedule":"15 */6 * * *","duration":"90m"},
                         {"kind":"deny","schedule":"0 12 * * 1","duration":"1h","timeZone":"Asia/Kolkata"}])");
  Time now = at("2026-11-22T23:59:59Z");
  for (int i = 0; i < 40; ++i) {
    auto change = all.next_change(now);
    ASSERT_TRUE(change && *change > now);
    EXPECT_EQ(all.may_sync(*change - std::chrono::nanoseconds(1), false, {}), all.may_sync(now, false, {}));
    now = *change;
  }
}

TEST(SyncWindows, windows_that_cannot_be_read_keep_everything_shut_and_say_why) {
  Project project(*parse_json(R"({"spec":{"syncWindows":[{"kind":"allow","schedule":"* *","duration":"1h","applications":["*"]}]}})"));
  auto answer = gate_of(project, "web", {})->ask(at("2026-11-23T09:00:00Z"), true, {});
  EXPECT_FALSE(answer.open);
  EXPECT_EQ(answer.reason, "invalid sync windows: cannot parse schedule '* *': expected exactly 5 fields, found 2: [* *]");
}

TEST(SyncWindows, a_window_of_no_known_kind_shuts_nothing) {
  EXPECT_TRUE(windows(R"([{"kind":"other","schedule":"* * * * *","duration":"1h"}])").may_sync(at("2026-11-23T09:00:00Z"), false, {}));
}

TEST(SyncWindows, windows_of_other_applications_do_not_count) {
  Project project(*parse_json(R"({"spec":{"syncWindows":[{"kind":"deny","schedule":"* * * * *","duration":"1h","applications":["prod-*"]}]}})"));
  EXPECT_EQ(gate_of(project, "web", {}), nullptr);
  EXPECT_NE(gate_of(project, "prod-web", {}), nullptr);
}

}  // namespace
}  // namespace taut::argo
