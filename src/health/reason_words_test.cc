// The sentences about storage, networks, refused writes, renders and repositories, and the choice of a root cause.
#include <gtest/gtest.h>

#include "health/root_cause.hh"
#include "value/json.hh"

namespace taut {
namespace {

Value json(std::string_view text) { return parse_json(text).value(); }

std::string told(const std::optional<Reason>& reason) {
  return reason ? fmt::format("{} / {}", reason->sentence, reason->next_step) : "nothing";
}

Value event(std::string_view kind, std::string_view name, std::string_view reason, std::string_view message) {
  return Value::map({{"involvedObject", Value::map({{"kind", kind}, {"name", name}, {"namespace", "shop"}})},
                     {"reason", reason},
                     {"message", message}});
}

Value claim() {
  return json(R"({"kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop"},
      "spec":{"storageClassName":"fast"},"status":{"phase":"Pending"}})");
}

std::string waits(std::string_view reason, std::string_view message, bool classes = true) {
  Surroundings around{.events = {event("PersistentVolumeClaim", "data", reason, message)}};
  if (classes) around.related = {json(R"({"kind":"StorageClass","metadata":{"name":"standard"}})"), json(R"({"kind":"StorageClass","metadata":{"name":"cold"}})")};
  return told(explain(claim(), around));
}

TEST(Reasons, a_claim_waits_for_its_class) {
  EXPECT_EQ(waits("ProvisioningFailed", R"(storageclass.storage.k8s.io "fast" not found)"),
            "Volume data waits: storage class fast does not exist. / Classes here: cold, standard.");
  EXPECT_EQ(waits("ExternalProvisioning", "Waiting for a volume to be created either by the external provisioner 'x' or manually"),
            "Volume data waits: the provisioner of storage class fast is silent. / Classes here: cold, standard.");
  EXPECT_EQ(waits("FailedBinding", "no persistent volumes available for this claim and no storage class is set", false),
            "Volume data waits: no storage class is set and no volume fits it. / There is no storage class here.");
  EXPECT_EQ(waits("WaitForFirstConsumer", "waiting for first consumer to be created before binding"), "nothing");
}

TEST(Reasons, a_volume_on_another_node) {
  Value pod = json(R"({"kind":"Pod","metadata":{"name":"db-0","namespace":"shop"},"spec":{"nodeName":"n2","containers":[{"name":"db"}],
      "volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"data"}}]},"status":{"phase":"Pending"}})");
  Value other = json(R"({"kind":"Pod","metadata":{"name":"db-old","namespace":"shop"},"spec":{"nodeName":"n1",
      "volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"data"}}]}})");
  Surroundings around{.events = {event("Pod", "db-0", "FailedAttachVolume",
                                       R"(Multi-Attach error for volume "pvc-7" Volume is already used by pod(s) db-old)")}};
  std::string next = " / It frees itself in about 6 min; if the node is dead, detach it.";
  EXPECT_EQ(told(explain(pod, around)), "Volume pvc-7 is still attached to another node, so db-0 waits." + next);
  around.related = {other};
  EXPECT_EQ(told(explain(pod, around)), "Volume pvc-7 is still attached to node n1, so db-0 waits." + next);
}

TEST(Reasons, a_mount_that_is_missing_names_its_container) {
  Value pod = json(R"({"kind":"Pod","metadata":{"name":"web-1","namespace":"shop"},"status":{"phase":"Pending"},
      "spec":{"nodeName":"n1","containers":[{"name":"web","volumeMounts":[{"name":"conf"}]}]}})");
  Surroundings around{.events = {event("Pod", "web-1", "FailedMount", R"(MountVolume.SetUp failed for volume "conf" : configmap "webconf" not found)")},
                      .related = {json(R"({"kind":"ConfigMap","metadata":{"name":"webconfig"}})"), json(R"({"kind":"ConfigMap","metadata":{"name":"kube-root-ca.crt"}})")}};
  EXPECT_EQ(told(explain(pod, around)),
            "web needs ConfigMap webconf, which does not exist in shop. / Add it to Git or correct the name; similar: webconfig.");
}

Value pod_with(std::string_view labels, std::string_view ready) {
  return json(fmt::format(R"({{"kind":"Pod","metadata":{{"name":"p","namespace":"shop","labels":{}}},
      "status":{{"conditions":[{{"type":"Ready","status":"{}"}}]}}}})",
                          labels, ready));
}

TEST(Reasons, a_service_that_selects_nothing) {
  Value service = json(R"({"kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{"app":"web"}}})");
  EXPECT_EQ(told(explain(service, {.related = {pod_with(R"({"app":"shop-web","x":"y"})", "True")}})),
            "Service web selects no ready pod. / Selector app=web matches 0 pods; did you mean app=shop-web?");
  EXPECT_EQ(told(explain(service, {.related = {pod_with(R"({"app":"web"})", "False")}})),
            "Service web selects no ready pod. / Selector app=web matches 1 pod, none of them ready.");
  EXPECT_EQ(told(explain(service, {})), "Service web selects no ready pod. / Selector app=web matches 0 pods.");
  EXPECT_EQ(told(explain(service, {.related = {pod_with(R"({"app":"web"})", "True")}})), "nothing");
}

TEST(Reasons, a_load_balancer_without_address) {
  Value service = json(R"({"kind":"Service","metadata":{"name":"web","creationTimestamp":"2026-11-23T03:00:00Z"},"spec":{"type":"LoadBalancer"}})");
  EXPECT_EQ(told(explain(service, {.now = parse_rfc3339("2026-11-23T03:12:00Z").value()})),
            "The load balancer of Service web has no address after 10 min. / Check the cloud's load balancer controller and its quota.");
  service.set("status", json(R"({"loadBalancer":{"ingress":[{"ip":"10.0.0.1"}]}})"));
  EXPECT_EQ(told(explain(service, {})), "nothing");
}

std::string refused(std::string_view message, std::string_view kind = "Deployment", std::string_view live = "{}", std::string provider = {}) {
  Refusal refusal;
  refusal.desired = json(fmt::format(R"({{"apiVersion":"apps/v1","kind":"{}","metadata":{{"name":"web","namespace":"shop"}},
      "spec":{{"replicas":2,"clusterIP":"10.0.0.9","serviceName":"b","selector":{{"matchLabels":{{"app":"new"}}}}}}}})", kind));
  refusal.live = json(live);
  refusal.message = message;
  refusal.provider = std::move(provider);
  return told(explain_refusal(refusal, {}));
}

TEST(Reasons, an_admission_check_that_does_not_answer) {
  EXPECT_EQ(refused(R"(Internal error occurred: failed calling webhook "check.acme.io": failed to call webhook: Post "https://guard.policy.svc:443/v?timeout=10s": dial tcp 10.96.0.4:443: connect: connection refused)"),
            "The admission check check.acme.io did not answer (guard.policy.svc), so nothing of this kind can change. / Repair that service.");
  EXPECT_EQ(refused(R"(Internal error occurred: failed calling webhook "check.acme.io": failed to call webhook: service "guard" not found)"),
            "The admission check check.acme.io did not answer (guard), so nothing of this kind can change. / Repair that service.");
  EXPECT_EQ(refused(R"(admission webhook "check.acme.io" denied the request: no limits.)"),
            "Policy check.acme.io refused Deployment web: no limits. / Change it in Git, or the policy.");
  EXPECT_EQ(refused("deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'limits' with binding 'all' denied request: at most 5 replicas"),
            "Policy limits refused Deployment web: at most 5 replicas. / Change it in Git, or the policy.");
}

TEST(Reasons, a_kind_that_is_not_there) {
  std::string_view message = "no matches for kind \"Deployment\" in version \"apps/v1\"";
  EXPECT_EQ(refused(message), "The cluster does not know Deployment (apps). / Install its CRD, or correct apiVersion and kind.");
  EXPECT_EQ(refused(message, "Deployment", "{}", "operators"), "The cluster does not know Deployment (apps). / Its CRD comes with operators; sync that first.");
}

TEST(Reasons, a_field_that_cannot_change) {
  EXPECT_EQ(refused(R"(Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"new"}}: field is immutable)", "Deployment",
                    R"({"spec":{"selector":{"matchLabels":{"app":"old"}}}})"),
            R"(spec.selector of Deployment web cannot be changed in place ({"matchLabels":{"app":"old"}} to {"matchLabels":{"app":"new"}}). / Replace it (deletes first; its pods stop until the new ones are ready) or rename.)");
  EXPECT_EQ(refused(R"(StatefulSet.apps "web" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals' are forbidden)",
                    "StatefulSet", R"({"spec":{"serviceName":"a"}})"),
            "spec.serviceName of StatefulSet web cannot be changed in place (a to b). / Replace it (deletes first; its pods stop until the new ones are ready) or rename.");
  EXPECT_EQ(refused(R"(Service "web" is invalid: spec.clusterIP: Invalid value: "10.0.0.9": may not change once set)", "Service", R"({"spec":{"clusterIP":"10.0.0.1"}})"),
            "spec.clusterIP of Service web cannot be changed in place (10.0.0.1 to 10.0.0.9). / Replace it (deletes first; its address changes) or rename.");
}

TEST(Reasons, a_field_that_belongs_to_somebody) {
  std::string_view live = R"({"metadata":{"managedFields":[{"manager":"scaler","time":"2026-11-20T10:00:00Z"}]}})";
  EXPECT_EQ(refused("Apply failed with 1 conflict: conflict with \"scaler\" with subresource \"scale\" using autoscaling/v1: .spec.replicas", "Deployment", live),
            "spec.replicas of Deployment web belongs to scaler since 2026-11-20 10:00 UTC. / Leave it to them (ignore rule) or take it over.");
  EXPECT_EQ(refused("Apply failed with 2 conflicts: conflicts with \"kubectl\" using apps/v1:\n- .spec.replicas\n- .spec.paused"),
            "spec.replicas of Deployment web belongs to kubectl. / Leave it to them (ignore rule) or take it over.");
  EXPECT_EQ(refused("the server said something else"), "nothing");
}

std::string rendered(std::string_view message, Position position = {}) {
  return told(explain_source({.message = std::string(message), .position = std::move(position), .revision = "1f3a9c2"}));
}

TEST(Reasons, a_render_that_fails) {
  std::string kept = " / The cluster keeps 1f3a9c2; nothing was changed.";
  EXPECT_EQ(rendered("execution error at (web/templates/d.yaml:12:3): image is needed"), "web/templates/d.yaml:12: image is needed." + kept);
  EXPECT_EQ(rendered("template: web/templates/d.yaml:7:14: executing \"web/templates/d.yaml\" at <.Values.image.tag>: nil pointer evaluating interface {}.tag"),
            "web/templates/d.yaml:7: .Values.image.tag is read, but .Values.image is not set." + kept);
  EXPECT_EQ(rendered("parse error at (web/templates/d.yaml:3): function \"nofunc\" not defined"), "web/templates/d.yaml:3: there is no function nofunc." + kept);
  EXPECT_EQ(rendered("YAML parse error on web/templates/d.yaml: error converting YAML to JSON: yaml: line 9: mapping values are not allowed in this context"),
            "web/templates/d.yaml:9: a second colon stands in one line, or the indentation is wrong." + kept);
  EXPECT_EQ(rendered("yaml: could not find expected ':'", {.file = "apps/web.yaml", .line = 4}),
            "apps/web.yaml:4: a colon is missing, or the text before it is not indented." + kept);
  EXPECT_EQ(rendered("apps/nowhere: app path does not exist"), "apps/nowhere: app path does not exist." + kept);
}

TEST(Reasons, a_repository_or_a_cluster_that_is_away) {
  SourceTrouble trouble{.kind = SourceTrouble::Kind::kRepository, .message = "x", .position = {}, .subject = "https://u:secret@git.acme.io/shop.git", .refused = true, .revision = "1f3a9c2"};
  EXPECT_EQ(told(explain_source(trouble)), "https://git.acme.io/shop.git refused the credentials. / The application shows the state of 1f3a9c2.");
  trouble.refused = false;
  trouble.since = "2026-11-23T03:27:00Z";
  EXPECT_EQ(told(explain_source(trouble)),
            "https://git.acme.io/shop.git has not answered since 2026-11-23 03:27 UTC. / The application shows the state of 1f3a9c2.");
  trouble.kind = SourceTrouble::Kind::kCluster;
  trouble.subject = "in-cluster";
  EXPECT_EQ(told(explain_source(trouble)), "in-cluster has not answered since 2026-11-23 03:27 UTC. / The application shows the state of 1f3a9c2.");
}

TEST(Reasons, equal_causes_are_joined) {
  Reason reason{"image-not-found", "Image a/b:1 was not found in docker.io.", "Push the tag or roll back.", {}, "ErrImagePull", "Pod web-1", "image a/b:1"};
  std::string line = reason_line(reason);
  EXPECT_EQ(line, "Image a/b:1 was not found in docker.io. Push the tag or roll back. (ErrImagePull on Pod web-1; waits for image a/b:1)");
  EXPECT_EQ(waited_for(line), "image a/b:1");
  EXPECT_EQ(waited_for("It waits for nothing (x)"), "");
  reason.waits_for = "the kind Widget (acme.io)";
  reason.raw.clear();
  EXPECT_EQ(waited_for(reason_line(reason)), "the kind Widget (acme.io)");
  std::vector<std::string> lines = {line, reason_line(reason), line, line, reason_line(reason), "something else"};
  EXPECT_EQ(joined_causes(lines), (std::vector<std::string>{"3 applications wait for image a/b:1.", "2 applications wait for the kind Widget (acme.io)."}));
}

TEST(RootCause, is_the_deepest_child_with_a_sentence) {
  Value deployment = json(R"({"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web","namespace":"shop","uid":"d","generation":1},
      "spec":{"replicas":2},"status":{"observedGeneration":1,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded","status":"False"}]}})");
  auto set = [](std::string_view name, int replicas) {
    return json(fmt::format(R"({{"kind":"ReplicaSet","apiVersion":"apps/v1","metadata":{{"name":"{0}","namespace":"shop","uid":"{0}","generation":1,"ownerReferences":[{{"uid":"d"}}]}},
        "spec":{{"replicas":{1}}},"status":{{"observedGeneration":1}}}})", name, replicas));
  };
  auto pod = [](std::string_view name, std::string_view owner, std::string_view image) {
    return json(fmt::format(R"({{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"{0}","namespace":"shop","uid":"{0}","ownerReferences":[{{"uid":"{1}"}}]}},
        "spec":{{"containers":[{{"name":"web","image":"{2}"}}]}},"status":{{"phase":"Pending","containerStatuses":[{{"name":"web",
        "state":{{"waiting":{{"reason":"ErrImagePull","message":"not found"}}}}}}]}}}})", name, owner, image));
  };
  Family family({set("web-old", 0), set("web-new", 2), pod("p1", "web-new", "a/b:2"), pod("p2", "web-new", "a/b:2"), pod("gone", "web-old", "a/b:0")}, {});
  auto cause = root_cause(deployment, family, {});
  EXPECT_EQ(told(cause), "Image a/b:2 was not found in docker.io. / Push the tag or roll back.");
  EXPECT_EQ(cause->object, "Pod p1");
  EXPECT_EQ(cause->raw, "ErrImagePull");
  EXPECT_EQ(told(root_cause(deployment, Family({set("web-new", 2)}, {}), {})),
            "The rollout of web made no progress for 10 min: 0 of 2 pods are ready. / Look at its pods or roll back.");
}

TEST(RootCause, owners_in_a_ring_end) {
  Value a = json(R"({"kind":"X","metadata":{"name":"a","uid":"a","ownerReferences":[{"uid":"b"}]}})");
  Value b = json(R"({"kind":"X","metadata":{"name":"b","uid":"b","ownerReferences":[{"uid":"a"}]}})");
  EXPECT_EQ(told(root_cause(a, Family({a, b}, {}), {})), "nothing");
}

}  // namespace
}  // namespace taut
