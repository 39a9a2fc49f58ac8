#include "dialect/argo/parameters.hh"

#include <gtest/gtest.h>

#include "dialect/argo/resource_filter.hh"
#include "yaml/reader.hh"

namespace taut::argo {
namespace {

Value yaml(std::string_view text) { return parse_yaml_document(text)->root; }

TEST(Parameters, are_those_of_argo_cd_s_controller) {
  Parameters out = read_parameters(yaml(R"(
data:
  controller.status.processors: "50"
  application.namespaces: team-*, /^x/
  applicationsetcontroller.policy: create-update
  controller.operation.processors: many
  controller.self.heal.backoff.timeout.seconds: "4"
  applicationsetcontroller.enable.progressive.syncs: "false"
  controller.self.heal.backoff.factor: "2")"), yaml("data: {timeout.reconciliation: 180s, timeout.reconciliation.jitter: 0s}"));
  EXPECT_EQ(out.status_processors, 50);
  EXPECT_EQ(out.set_policy, "create-update");
  EXPECT_FALSE(out.set_policy_yields);
  EXPECT_EQ(out.application_namespaces, (std::vector<std::string>{"team-*", "/^x/"}));
  EXPECT_EQ(out.self_heal_base, std::chrono::seconds(4));
  EXPECT_EQ(out.self_heal_factor, 2);
  EXPECT_FALSE(out.self_heal_cap);
  EXPECT_EQ(out.progressive_syncs, false);
  EXPECT_EQ(out.poll_interval, std::chrono::seconds(180));
  EXPECT_EQ(out.poll_jitter, Duration(0));
  EXPECT_EQ(out.errors, (std::vector<std::string>{"controller.operation.processors: \"many\" is no positive number"}));
}

TEST(Parameters, a_sync_takes_as_long_as_it_wants_unless_it_is_limited) {
  EXPECT_FALSE(read_parameters(yaml("data: {controller.sync.timeout.seconds: '0'}"), Value()).sync_timeout);
  EXPECT_EQ(read_parameters(yaml("data: {controller.sync.timeout.seconds: '90'}"), Value()).sync_timeout, std::chrono::seconds(90));
  EXPECT_EQ(read_parameters(yaml("data: {controller.sync.timeout.seconds: soon}"), Value()).errors.size(), 1u);
}

TEST(Parameters, what_generators_may_ask_is_read_and_doubt_forbids) {
  auto out = read_parameters(Value(), Value());
  EXPECT_TRUE(out.scm_enabled && out.scm_allowed.empty() && !out.scm_strict_tokens);
  out = read_parameters(yaml(R"(data:
  applicationsetcontroller.allowed.scm.providers: "https://git.example.com/, https://gitlab.example.com/"
  applicationsetcontroller.enable.tokenref.strict.mode: "true"
  applicationsetcontroller.enable.scm.providers: "maybe")"), Value());
  EXPECT_EQ(out.scm_allowed, (std::vector<std::string>{"https://git.example.com/", "https://gitlab.example.com/"}));
  EXPECT_TRUE(out.scm_strict_tokens);
  EXPECT_FALSE(out.scm_enabled);
  EXPECT_EQ(out.errors.size(), 1u);
}

TEST(ResourceFilter, exclusions_come_before_inclusions) {
  auto filter = ResourceFilter::read(Value("- apiGroups: ['*.cilium.io', cilium.io]\n- kinds: [Lease]\n  clusters: [https://prod*]"),
                                     Value("- apiGroups: [apps, '*.io', '']\n"));
  ASSERT_TRUE(filter);
  EXPECT_TRUE(filter->excludes("cilium.io", "CiliumEndpoint", "https://dev"));
  EXPECT_TRUE(filter->excludes("coordination.k8s.io", "Lease", "https://prod-1"));
  EXPECT_FALSE(filter->excludes("coordination.k8s.io", "Lease", "https://dev"));
  EXPECT_TRUE(filter->excludes("batch", "Job", "https://dev"));  // no inclusion names it
  EXPECT_FALSE(filter->excludes("apps", "Deployment", "https://dev"));
  EXPECT_TRUE(filter->excludes("", "Event", "https://dev"));  // always
  EXPECT_FALSE(ResourceFilter::read(Value("{a: b}"), Value()));
}

}  // namespace
}  // namespace taut::argo
