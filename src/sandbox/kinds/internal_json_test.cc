#include "sandbox/kinds/internal_json.hh"

#include <gtest/gtest.h>

#include "sandbox/kinds/line_diff.hh"
#include "value/json.hh"

namespace taut::sandbox::kinds {
namespace {

Value json(const char* text) { return *parse_json(text); }

TEST(InternalJson, prints_the_fields_of_the_internal_struct_in_its_order) {
  EXPECT_EQ(internal_json("rbac/v1.RoleRef", json(R"({"apiGroup":"g","kind":"Role","name":"<x>"})")),
            R"({"APIGroup":"g","Kind":"Role","Name":"\u003cx\u003e"})");
  EXPECT_EQ(internal_json("core/v1.ServicePort", json(R"({"port":80,"protocol":"TCP"})")),
            R"({"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0})");
}

TEST(InternalJson, types_of_apimachinery_keep_their_json_names) {
  EXPECT_EQ(internal_json("policy/v1.PodDisruptionBudgetSpec", json(R"({"minAvailable":1,"selector":{"matchLabels":{"a":"b"}}})")),
            R"({"MinAvailable":1,"Selector":{"matchLabels":{"a":"b"}},"MaxUnavailable":null,"UnhealthyPodEvictionPolicy":null})");
}

TEST(InternalJson, fields_that_moved_are_found_in_the_parent) {
  const std::string text = internal_json("core/v1.PodSpec", json(R"({"hostNetwork":true})"));
  EXPECT_NE(text.find(R"("SecurityContext":{"HostNetwork":true,"HostPID":false)"), std::string::npos) << text;
}

// As kube-apiserver 1.36.1 answers the change of a PersistentVolume's path.
TEST(InternalJson, differences_are_those_of_the_server) {
  EXPECT_EQ(internal_diff("core/v1.PersistentVolumeSource", json(R"({"hostPath":{"path":"/x","type":""}})"), json(R"({"hostPath":{"path":"/y","type":""}})")),
            "@@ -2,7 +2,7 @@\n  \"GCEPersistentDisk\": null,\n  \"AWSElasticBlockStore\": null,\n  \"HostPath\": {\n-  \"Path\": \"/x\",\n"
            "+  \"Path\": \"/y\",\n   \"Type\": \"\"\n  },\n  \"Glusterfs\": null,\n");
}

// As Python's difflib.unified_diff gives them.
TEST(LineDiff, distant_changes_stand_apart) {
  EXPECT_EQ(unified_diff("a\nb\nc\nd\ne\nf\ng\nh\ni\nj", "A\nb\nc\nd\ne\nf\ng\nh\ni\nJ"),
            "@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n@@ -7,4 +7,4 @@\n g\n h\n i\n-j\n+J\n");
}

TEST(LineDiff, additions_at_the_end_and_equal_texts) {
  EXPECT_EQ(unified_diff("a", "a\nb\nc"), "@@ -1 +1,3 @@\n a\n+b\n+c\n");
  EXPECT_EQ(unified_diff("a\nb", "a\nb"), "");
}

}  // namespace
}  // namespace taut::sandbox::kinds
