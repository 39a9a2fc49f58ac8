// Kinds that are posted and answered but not stored: access reviews, token reviews, bindings. And eviction.
#include "base/strings.hh"
#include "sandbox/body.hh"
#include "sandbox/owners.hh"
#include "sandbox/subresources.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

Value strings(const std::vector<std::string>& list) {
  Value out = Value::list();
  for (const std::string& s : list) out.push_back(s);
  return out;
}

Attributes attributes_of(const Value& spec) {
  const Value& r = spec["resourceAttributes"];
  Attributes out;
  if (r.is_map()) {
    out = {r["verb"].str(), r["group"].str(), r["resource"].str(), r["subresource"].str(), r["name"].str(), r["namespace"].str(), ""};
  } else {
    out.verb = spec["nonResourceAttributes"]["verb"].str();
    out.path = spec["nonResourceAttributes"]["path"].str();
  }
  return out;
}

User user_of(const Value& spec) {
  User out{spec["user"].str(), spec["uid"].str(), {}, false};
  for (const Value& group : spec["groups"].items()) out.groups.push_back(group.str());
  out.admin = std::find(out.groups.begin(), out.groups.end(), "system:masters") != out.groups.end();
  return out;
}

Value user_info(const User& user) {
  Value out = Value::map({{"username", user.name}});
  if (!user.uid.empty()) out.set("uid", user.uid);
  if (!user.groups.empty()) out.set("groups", strings(user.groups));
  return out;
}

Value access_status(const Cluster& cluster, const User& user, const Value& spec) {
  bool ok = allowed(cluster, user, attributes_of(spec));
  return ok ? Value::map({{"allowed", true}}) : Value::map({{"allowed", false}});
}

Value token_status(const Authenticator& authenticator, const Value& spec) {
  auto user = authenticator.user_of(spec["token"].as_string());
  if (!user) return Value::map({{"user", Value::map()}, {"error", "invalid bearer token"}});
  return Value::map({{"authenticated", true}, {"user", user_info(*user)}, {"audiences", Value::list({"https://kubernetes.default.svc"})}});
}

bool selects(const Value& budget, const Value& pod) {
  auto selector = LabelSelector::of(budget["spec"]["selector"]);
  return selector && budget["spec"]["selector"].is_map() && selector->matches(pod["metadata"]["labels"]);
}

ApiError over_budget(const Value& budget) {
  bool unseen = budget["status"]["observedGeneration"].as_int() < budget["metadata"]["generation"].as_int();
  std::string why = unseen ? fmt::format("The disruption budget {} is still being processed by the server.", name_of(budget))
                           : fmt::format("The disruption budget {} needs {} healthy pods and has {} currently", name_of(budget),
                                         budget["status"]["desiredHealthy"].as_int(), budget["status"]["currentHealthy"].as_int());
  Value cause = Value::map({{"reason", "DisruptionBudget"}, {"message", why}});
  ApiError error{429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
                 Value::map({{"causes", Value::list({cause})}})};
  if (unseen) {
    error.details.set("retryAfterSeconds", 10);
    error.retry_after = 10;
  }
  return error;
}

std::vector<kinds::Problem> review_problems(const Value& spec) {
  std::vector<kinds::Problem> out;
  bool resource = spec["resourceAttributes"].is_map(), path = spec["nonResourceAttributes"].is_map();
  if (resource && path)
    out.push_back({"FieldValueInvalid", "Invalid value: " + to_json(spec["nonResourceAttributes"]) + ": cannot be specified in combination with resourceAttributes", "spec.nonResourceAttributes"});
  if (!resource && !path)
    out.push_back({"FieldValueInvalid", "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified", "spec.resourceAttributes"});
  if (spec["user"].empty() && spec["groups"].empty())
    out.push_back({"FieldValueInvalid", "Invalid value: \"\": at least one of user or group must be specified", "spec.user"});
  return out;
}

// Takes one disruption from the budget, for this pod.
void spend(Cluster& cluster, const ItemPtr& item, const std::string& pod) {
  Value budget = item->object();
  Value& status = budget.edit("status");
  status.set("disruptionsAllowed", status["disruptionsAllowed"].as_int() - 1);
  status.edit("disruptedPods").set(pod, format_rfc3339(cluster.now()));
  (void)cluster.store.put(StoreKey::of("policy/poddisruptionbudgets", namespace_of(budget), name_of(budget)), budget, item->revision());
}

}  // namespace

ApiResult<Response> evict(Cluster& cluster, Writer& writer, Call& call) {
  API_ASSIGN(Value body, read_value(call.request));
  if (!body["metadata"]["name"].empty() && name_of(body) != call.info.name)
    return ApiFailure(bad_request("name in URL does not match name in Eviction object"));
  StoreKey key = StoreKey::of("pods", call.info.ns, call.info.name);
  ItemPtr pod = cluster.store.get(key);
  if (!pod) return ApiFailure(not_found(call.resource->name(), call.info.name));
  API_ASSIGN(DeletionOptions options, deletion_options(body["deleteOptions"], call.query));
  std::string_view phase = pod->object()["status"]["phase"].as_string();
  bool counts = phase != "Succeeded" && phase != "Failed" && phase != "Pending";
  auto budgets = cluster.store.list("policy/poddisruptionbudgets", call.info.ns + '/', "", 0, 0);
  if (budgets)
    for (const ItemPtr& item : budgets->items) {
      if (!selects(item->object(), pod->object())) continue;
      const Value& budget = item->object();
      bool unseen = budget["status"]["observedGeneration"].as_int() < budget["metadata"]["generation"].as_int();
      if (!counts) continue;
      if (unseen || budget["status"]["disruptionsAllowed"].as_int() <= 0) return ApiFailure(over_budget(budget));
      if (!options.dry_run) spend(cluster, item, call.info.name);
    }
  API_TRY(writer.remove(*call.resource, call.info.ns, call.info.name, options));
  return object_response(201, Value::map({{"apiVersion", "v1"}, {"kind", "Status"}, {"metadata", Value::map()}, {"status", "Success"}, {"code", 201}}), call.accepted);
}

ApiResult<Response> Api::review(Call& call) {
  API_ASSIGN(WriteQuery write, WriteQuery::parse(call.query, "CreateOptions", false));
  if (!write.field_manager.empty()) call.context.manager = write.field_manager;
  call.context.field_validation = write.field_validation;
  API_ASSIGN(Value object, read_object(*call.resource, call.request, call.context));
  if (call.resource->info.kind == "Binding") {
    API_TRY(bind_pod(cluster_, call.info.ns, name_of(object), object["target"]["name"].as_string()));
    return object_response(201, created_status(), call.accepted);
  }
  object = smd::update(smd_kind(cluster_, *call.resource, ""), Value(), {object, call.context.manager, "", cluster_.now()});
  const std::string& kind = call.resource->info.kind;
  const Value& spec = object["spec"];
  const User& self = call.context.user;
  if (kind == "SelfSubjectAccessReview") {
    if (spec["resourceAttributes"].is_null() && spec["nonResourceAttributes"].is_null())
      return ApiFailure(invalid(call.resource->info.group, kind, "",
                                {{"FieldValueInvalid", "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified", "spec.resourceAttributes"}}));
    object.set("status", access_status(cluster_, self, spec));
  } else if (kind == "SubjectAccessReview" || kind == "LocalSubjectAccessReview") {
    if (auto problems = review_problems(spec); !problems.empty())
      return ApiFailure(invalid(call.resource->info.group, "", "", problems));
    object.set("status", access_status(cluster_, user_of(spec), spec));
  } else if (kind == "SelfSubjectRulesReview") {
    object.set("status", rules_for(cluster_, self, spec["namespace"].as_string()));
    object.set("spec", Value::map());
    object.set("metadata", Value::map());
  } else if (kind == "SelfSubjectReview") {
    object.set("status", Value::map({{"userInfo", user_info(self)}}));
  } else if (kind == "TokenReview") {
    object.set("status", token_status(authenticator_, spec));
  } else {
    return ApiFailure(method_not_allowed());
  }
  return object_response(201, object, call.accepted);
}

}  // namespace taut::sandbox
