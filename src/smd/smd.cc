#include "smd/smd.hh"

#include "base/strings.hh"
#include "smd/last_applied.hh"
#include "smd/messages.hh"

namespace taut::smd {
namespace {

// Never part of managedFields, whoever sets them.
const Set& stripped_fields() {
  static const Set set = Set::of({{"apiVersion"},
                                  {"kind"},
                                  {"metadata"},
                                  {"metadata", "name"},
                                  {"metadata", "namespace"},
                                  {"metadata", "creationTimestamp"},
                                  {"metadata", "selfLink"},
                                  {"metadata", "uid"},
                                  {"metadata", "clusterName"},
                                  {"metadata", "generation"},
                                  {"metadata", "managedFields"},
                                  {"metadata", "resourceVersion"}});
  return set;
}

void strip(ManagedFields& managers, const ManagerId& id) {
  auto found = managers.find(id);
  if (found == managers.end()) return;
  found->second.set = found->second.set.without(stripped_fields());
  if (found->second.set.empty()) managers.erase(found);
}

void set_managed_fields(Value& object, const ManagedFields& managers) {
  Value encoded = encode_managed_fields(managers);
  if (encoded.is_null()) {
    if (object["metadata"].contains("managedFields")) object.edit("metadata").erase("managedFields");
  } else {
    object.edit("metadata").set("managedFields", std::move(encoded));
  }
}

// The object as the server's converter sees it.
Value structured(const KindInfo& kind, Value object) {
  if (kind.structured)
    if (const auto* type = kind.type(kind.api_version)) schema::fill_zero_fields(object, *type);
  return object;
}

Value new_object(const KindInfo& kind) {
  return structured(kind, Value::map({{"apiVersion", kind.api_version}, {"kind", kind.kind}}));
}

Value without_managed_fields(Value object) {
  if (object["metadata"].contains("managedFields")) object.edit("metadata").erase("managedFields");
  return object;
}

// One update by "current-operation", whose fields then join those that the manager had before. Fails when the owners
// cannot be worked out.
Result<ManagedFields> record_update(const KindInfo& kind, const Value& live, const Value& object,
                                    ManagedFields managers, const std::string& manager,
                                    const std::string& subresource, Time now) {
  const schema::Type* type = kind.type(kind.api_version);
  if (!type) return fail(Code::kInvalid, "no corresponding type for {}", kind_text(object));
  if (Problems p = validate(object, *type, true); !p.empty())
    return fail(Code::kInvalid, "failed to convert new object ({}) to smd typed: {}", object_text(object), to_string(p));
  if (Problems p = validate(live, *type, true); !p.empty())
    return fail(Code::kInvalid, "failed to convert live object ({}) to smd typed: {}", object_text(live), to_string(p));
  const ManagerId self{"current-operation", "", "", ""};
  auto updated = Updater(kind).update(live, object, std::move(managers), self);
  if (!updated)
    return fail(Code::kInvalid, "failed to update ManagedFields ({}): {}", object_text(object), updated.error().message);
  strip(*updated, self);
  if (auto found = updated->find(self); found != updated->end()) {
    Owned own = std::move(found->second);
    updated->erase(found);
    ManagerId id{manager.empty() ? "unknown" : manager, "Update", kind.api_version, subresource};
    if (auto before = updated->find(id); before != updated->end()) own.set = own.set.united(before->second.set);
    own.time = format_rfc3339(now);
    (*updated)[id] = std::move(own);
  }
  cap_update_managers(*updated);
  return std::move(*updated);
}

// A client clears the owners by sending [] or [{}].
bool clears_managers(const Value& entries) {
  return entries.is_list() && (entries.empty() || (entries.size() == 1 && entries[0].empty()));
}

ManagedFields managers_for_update(const Value& live, const Value& object, bool subresource) {
  const Value& sent = object["metadata"]["managedFields"];
  if (!subresource) {
    if (clears_managers(sent)) return {};
    auto decoded = decode_managed_fields(sent);
    if (decoded && !decoded->empty()) return std::move(*decoded);
  }
  return decode_managed_fields(live["metadata"]["managedFields"]).value_or(ManagedFields());
}

tl::unexpected<Refusal> refuse(int code, std::string reason, std::string message) {
  return tl::unexpected(Refusal{code, std::move(reason), std::move(message), {}});
}

// Whether the request is one that the server lets as far as the merge.
Outcome<void> check_request(const KindInfo& kind, const Value& config) {
  if (config["apiVersion"].as_string() != kind.api_version || config["kind"].as_string() != kind.kind)
    return refuse(400, "BadRequest", "invalid object type: " + kind_text(config));
  if (config["metadata"]["managedFields"].is_list())
    return refuse(400, "BadRequest", "metadata.managedFields must be nil");
  return {};
}

struct Applied {
  Value object;
  ManagedFields managers;
};

UpdateResult<Applied> apply_once(const KindInfo& kind, const Value& live, const ApplyRequest& request,
                                 const ManagedFields& managers, bool force) {
  const ManagerId id{request.manager.empty() ? "unknown" : request.manager, "Apply", "", request.subresource};
  auto updated = Updater(kind).apply(live, request.config, managers, id, force);
  if (!updated) return tl::unexpected(std::move(updated.error()));
  strip(updated->managers, id);
  auto own = updated->managers.find(id);
  if (!updated->unchanged && own != updated->managers.end()) own->second.time = format_rfc3339(request.now);
  return Applied{std::move(updated->object), std::move(updated->managers)};
}

// An apply by kubectl may take what kubectl applied before on the client's side.
UpdateResult<Applied> apply_as_manager(const KindInfo& kind, const Value& live, const ApplyRequest& request,
                                       const ManagedFields& managers) {
  auto out = apply_once(kind, live, request, managers, request.force);
  if (out || out.error().conflicts.empty() || request.manager != "kubectl") return out;
  auto allowed = last_applied_fields(kind, live);
  if (!allowed) return out;
  std::vector<Conflict> rest;
  for (Conflict& conflict : out.error().conflicts)
    if (!allowed->has(conflict.path)) rest.push_back(conflict);
  if (rest.empty()) return apply_once(kind, live, request, managers, true);
  out.error().conflicts = std::move(rest);
  return out;
}

}  // namespace

Outcome<Value> apply(const KindInfo& kind, const Value& live_or_null, const ApplyRequest& request) {
  if (auto ok = check_request(kind, request.config); !ok) return tl::unexpected(ok.error());
  Value live = live_or_null.is_null() ? new_object(kind) : structured(kind, live_or_null);
  auto managers = decode_managed_fields(live["metadata"]["managedFields"]);
  if (!managers) return refuse(500, "", "failed to decode managed fields: " + managers.error().message());
  live = without_managed_fields(std::move(live));

  if (managers->empty()) {
    auto before = record_update(kind, new_object(kind), live, {}, "before-first-apply", request.subresource, request.now);
    if (!before) return refuse(500, "", "failed to create manager for existing fields: " + before.error().message());
    *managers = std::move(*before);
  }
  const schema::Type* type = kind.type(kind.api_version);
  if (!type) return refuse(500, "", "no corresponding type for " + kind_text(request.config));
  if (Problems p = validate(request.config, *type, false); !p.empty())
    return refuse(500, "", "failed to create typed patch object (" + object_text(request.config) + "): " + to_string(p));
  if (Problems p = validate(live, *type, true); !p.empty())
    return refuse(500, "", "failed to create typed live object (" + object_text(live) + "): " + to_string(p));

  auto applied = apply_as_manager(kind, live, request, *managers);
  if (!applied) {
    if (!applied.error().conflicts.empty()) return tl::unexpected(conflict_refusal(applied.error().conflicts));
    return refuse(500, "", applied.error().message);
  }
  if (request.manager == "kubectl") refresh_last_applied(applied->object, request.config);
  Value object = structured(kind, std::move(applied->object));
  set_managed_fields(object, applied->managers);
  return object;
}

Value update(const KindInfo& kind, const Value& live_or_null, const UpdateRequest& request) {
  bool create = live_or_null.is_null();
  ManagedFields managers = managers_for_update(live_or_null, request.object, !request.subresource.empty());
  Value object = without_managed_fields(request.object);
  // Without owners there is nothing to keep up to date, until the first apply.
  if (managers.empty() && !create) return object;
  Value live = create ? new_object(kind) : structured(kind, without_managed_fields(live_or_null));
  auto updated = record_update(kind, live, structured(kind, object), std::move(managers), request.manager,
                               request.subresource, request.now);
  if (updated) set_managed_fields(object, *updated);
  return object;
}

Value keep_times_if_unchanged(const Value& old, Value object) {
  const Value& before = old["metadata"]["managedFields"];
  const Value& after = object["metadata"]["managedFields"];
  if (before.empty() || before.size() != after.size() || before == after) return object;
  auto without_times = [](const Value& entries) {
    Value out = entries;
    for (size_t i = 0; i < out.size(); ++i) out.edit(i).erase("time");
    return out;
  };
  if (!(without_times(before) == without_times(after))) return object;
  if (!(without_managed_fields(old) == without_managed_fields(object))) return object;
  object.edit("metadata").set("managedFields", before);
  return object;
}

Outcome<Value> predict(const Value& live, const Value& config, const std::string& manager, bool force, Time now) {
  auto kind = builtin_kind(config["apiVersion"].as_string(), config["kind"].as_string(), "");
  if (!kind) {
    // A kind of which nothing is known merges as one without a schema does.
    kind.emplace();
    kind->api_version = config["apiVersion"].str();
    kind->kind = config["kind"].str();
    kind->type = [](std::string_view) { return &schema::deduced_type(); };
  }
  return apply(*kind, live, {config, manager, force, "", now});
}

}  // namespace taut::smd
