#include "plan/intent.hh"

#include <gtest/gtest.h>

namespace taut::plan {
namespace {

Value object(std::initializer_list<std::pair<std::string_view, Value>> annotations) {
  return Value::map({{"metadata", Value::map({{"annotations", Value::map(annotations)}})}});
}

TEST(Intent, an_object_without_annotations_is_synced_in_wave_zero) {
  Intent intent = intent_of(object({}));
  EXPECT_FALSE(intent.hook);
  EXPECT_EQ(intent.phases, std::vector{Phase::kSync});
  EXPECT_EQ(intent.wave, 0);
}

TEST(Intent, hooks_of_argo_cd_may_run_in_several_phases) {
  Intent intent = intent_of(object({{kHookAnnotation, "PostSync, PreSync"}, {kSyncWaveAnnotation, "-5"}}));
  EXPECT_TRUE(intent.hook);
  EXPECT_EQ(intent.phases, (std::vector{Phase::kPreSync, Phase::kPostSync}));
  EXPECT_EQ(intent.wave, -5);
  EXPECT_TRUE(intent.delete_before_creation);
}

TEST(Intent, helm_hooks_are_read_where_argo_cd_s_are_missing) {
  Intent intent = intent_of(object({{"helm.sh/hook", "pre-install,pre-upgrade"},
                                    {"helm.sh/hook-weight", "3"},
                                    {"helm.sh/hook-delete-policy", "hook-succeeded"}}));
  EXPECT_EQ(intent.phases, std::vector{Phase::kPreSync});
  EXPECT_EQ(intent.wave, 3);
  EXPECT_TRUE(intent.delete_on_success);
  EXPECT_FALSE(intent.delete_before_creation);
  EXPECT_FALSE(intent_of(object({{"helm.sh/hook", "crd-install"}})).hook);
}

TEST(Intent, a_hook_of_unknown_type_is_a_hook_that_never_runs) {
  Intent intent = intent_of(object({{kHookAnnotation, "Sometimes"}}));
  EXPECT_TRUE(intent.hook);
  EXPECT_TRUE(intent.phases.empty());
  intent = intent_of(object({{"helm.sh/hook", "test"}}));
  EXPECT_TRUE(intent.hook);
  EXPECT_TRUE(intent.phases.empty());
}

TEST(Intent, skip_alone_skips) {
  Intent intent = intent_of(object({{kHookAnnotation, "Skip"}}));
  EXPECT_TRUE(intent.skip);
  EXPECT_FALSE(intent.hook);
  EXPECT_TRUE(intent.phases.empty());
}

TEST(Intent, options_are_found_among_others) {
  Value o = object({{kSyncOptionsAnnotation, "PruneLast=true, Prune=false"}});
  EXPECT_TRUE(has_option(o, kSyncOptionsAnnotation, "Prune=false"));
  EXPECT_FALSE(has_option(o, kSyncOptionsAnnotation, "Prune=true"));
  EXPECT_EQ(option_value(o, kSyncOptionsAnnotation, "Prune"), "false");
  EXPECT_EQ(option_value(o, kSyncOptionsAnnotation, "Delete"), std::nullopt);
}

}  // namespace
}  // namespace taut::plan
