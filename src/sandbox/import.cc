#include "sandbox/import.hh"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/base64.hh"
#include "base/strings.hh"
#include "sandbox/body.hh"
#include "sandbox/definitions.hh"

namespace taut::sandbox {
namespace {

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

std::string kind_text(const Value& object) {
  Gvk gvk = Gvk::of(object);
  return gvk.group.empty() ? gvk.kind : gvk.kind + '.' + gvk.group;
}

std::string described(const Value& object) {
  std::string_view ns = namespace_of(object);
  return ns.empty() ? fmt::format("{} {}", kind_text(object), name_of(object))
                    : fmt::format("{} {}/{}", kind_text(object), ns, name_of(object));
}

bool is_kind(const Value& object, std::string_view group, std::string_view kind) {
  return object["kind"].as_string() == kind && Gvk::of(object).group == group;
}

bool is_secret(const Value& object) { return is_kind(object, "", "Secret"); }

// Why an object of this kind is no part of a copy; empty when it is.
std::string_view reason_to_leave_out(const Value& object, SecretValues secrets) {
  if (is_kind(object, "", "Event") || is_kind(object, "events.k8s.io", "Event")) return "history";
  if (is_kind(object, "coordination.k8s.io", "Lease")) return "held by processes of the original";
  if (is_secret(object) && secrets == SecretValues::kSkip) return "as asked";
  return {};
}

// 0 definitions, 1 namespaces, 2 all that may live in them.
int rank(const Value& object) {
  if (is_kind(object, "apiextensions.k8s.io", "CustomResourceDefinition")) return 0;
  return is_kind(object, "", "Namespace") ? 1 : 2;
}

// A server has written it: it is restored, not created.
bool is_recorded(const Value& object) {
  const Value& meta = object["metadata"];
  return !meta["uid"].as_string().empty() && !meta["creationTimestamp"].as_string().empty();
}

class Importer {
 public:
  Importer(Cluster& cluster, Writer& writer, SecretValues secrets) : cluster_(cluster), writer_(writer), secrets_(secrets) {}

  ImportReport run(std::vector<Value> objects) {
    std::stable_sort(objects.begin(), objects.end(), [](const Value& a, const Value& b) { return rank(a) < rank(b); });
    std::erase_if(objects, [&](const Value& object) { return leave_out(object); });
    for (const Value& object : objects) uids_.insert(object["metadata"]["uid"].str());
    for (const Value& object : objects)
      if (rank(object) == 1) namespaces_.insert(std::string(name_of(object)));
    for (Value& object : objects) take(std::move(object));
    return std::move(report_);
  }

 private:
  bool leave_out(const Value& object) {
    std::string_view reason = reason_to_leave_out(object, secrets_);
    if (!reason.empty()) ++report_.left_out[fmt::format("{} ({})", kind_text(object), reason)];
    return !reason.empty();
  }

  void take(Value object) {
    std::string what = described(object);
    auto done = is_recorded(object) ? restore(std::move(object), what) : create(std::move(object), what);
    if (!done) report_.refused.push_back({what, done.error().message});
  }

  // The resource that the object is of: its own version, or for a custom kind any that is served.
  ApiResult<ResourcePtr> resource_of(const Value& object) {
    Gvk gvk = Gvk::of(object);
    ResourcePtr found = cluster_.registry.find_kind(gvk);
    if (found && found->info.has_verb("create") && found->info.has_verb("list")) return found;
    if (found) return ApiFailure(bad_request(fmt::format("objects of kind {} are not kept by a server", gvk.kind)));
    if (cluster_.registry.find_kind(gvk.group, gvk.kind))
      return ApiFailure(bad_request(fmt::format("no version {} of kind {} is served here", gvk.api_version(), gvk.kind)));
    return ApiFailure(bad_request(fmt::format(
        "no kind {} in {} is served here: it is neither built in nor defined by a CustomResourceDefinition of the import", gvk.kind,
        gvk.api_version())));
  }

  ApiResult<void> restore(Value object, const std::string& what) {
    API_ASSIGN(ResourcePtr resource, resource_of(object));
    API_TRY(place(*resource, object, what));
    WriteContext context;
    context.field_validation = "Warn";
    API_ASSIGN(object, decode_object(*resource, std::move(object), {}, context));
    for (const std::string& warning : context.warnings) report_.changed.push_back({what, "left out: " + warning});
    drop_lost_owners(object, what);
    if (is_secret(object) && secrets_ == SecretValues::kWithhold) object = withhold(std::move(object));
    StoreKey key = StoreKey::of(resource->storage, namespace_of(object), name_of(object));
    auto item = cluster_.store.put(key, to_stored(*resource, std::move(object)), 0);
    if (!item) return ApiFailure(put_error(*resource, item.error(), what));
    if (key.resource == kDefinitions) settle_definition(cluster_, key);
    if (key.resource == "services") cluster_.addresses.adopt((*item)->object());
    ++report_.taken[kind_text((*item)->object())];
    return {};
  }

  ApiResult<void> create(Value object, const std::string& what) {
    API_ASSIGN(ResourcePtr resource, resource_of(object));
    API_TRY(place(*resource, object, what));
    if (is_secret(object) && secrets_ == SecretValues::kWithhold) object = withhold(std::move(object));
    std::string ns(namespace_of(object)), kind = kind_text(object);
    bool had_status = object.contains("status");
    WriteContext context;
    context.manager = "taut-import";
    context.field_validation = "Warn";
    API_ASSIGN(object, decode_object(*resource, std::move(object), {}, context));
    for (const std::string& warning : context.warnings) report_.changed.push_back({what, "left out: " + warning});
    drop_lost_owners(object, what);
    API_ASSIGN(Written written, writer_.create(*resource, ns, std::move(object), context));
    if (had_status && !written.item->object().contains("status"))
      report_.changed.push_back({what, "its status was not taken: without a uid it counts as new"});
    ++report_.taken[kind];
    return {};
  }

  // Sets or removes the namespace as the kind wants it, and sees that the namespace is there.
  ApiResult<void> place(const Resource& resource, Value& object, const std::string& what) {
    if (name_of(object).empty() && object["metadata"]["generateName"].empty())
      return ApiFailure(bad_request("it has no metadata.name"));
    if (!resource.info.namespaced) {
      object.edit("metadata").erase("namespace");
      return {};
    }
    if (namespace_of(object).empty()) {
      object.edit("metadata").set("namespace", "default");
      report_.changed.push_back({what, "put into the namespace default: it names none"});
    }
    std::string ns(namespace_of(object));
    if (!namespaces_.insert(ns).second) return {};
    Value made = Value::map({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Value::map({{"name", ns}})}});
    report_.changed.push_back({"Namespace " + ns, "made: objects are in it, but it is not in the import"});
    return create(std::move(made), "Namespace " + ns);
  }

  // The garbage collector would delete what refers to owners that are not there.
  void drop_lost_owners(Value& object, const std::string& what) {
    Value kept = Value::list();
    for (const Value& owner : object["metadata"]["ownerReferences"].items()) {
      if (uids_.contains(owner["uid"].str())) {
        kept.push_back(owner);
        continue;
      }
      report_.changed.push_back({what, fmt::format("its owner {} {} is not in the import; the reference is left out",
                                                   owner["kind"].as_string(), owner["name"].as_string())});
    }
    if (kept.size() == object["metadata"]["ownerReferences"].size()) return;
    if (kept.empty())
      object.edit("metadata").erase("ownerReferences");
    else
      object.edit("metadata").set("ownerReferences", std::move(kept));
  }

  Value withhold(Value secret) {
    ++report_.left_out["values of a Secret (withheld)"];
    return without_secret_values(std::move(secret));
  }

  ApiError put_error(const Resource& resource, const Error& error, const std::string& what) {
    if (error.code() != Code::kConflict) return internal_error(error.message());
    return already_exists(resource.name(), what);
  }

  Cluster& cluster_;
  Writer& writer_;
  SecretValues secrets_;
  std::unordered_set<std::string> uids_;
  std::set<std::string> namespaces_;
  ImportReport report_;
};

}  // namespace

Value without_secret_values(Value object) {
  const std::string withheld = base64_encode("withheld");
  for (const char* field : {"data", "stringData"}) {
    if (!object[field].is_map()) continue;
    Value masked = Value::map();
    for (const Entry& entry : object[field].entries()) {
      // A registry's credentials must stay JSON, or no later write of the Secret would be valid.
      bool json = entry.key() == ".dockerconfigjson" || entry.key() == ".dockercfg";
      if (field == std::string_view("data"))
        masked.set(entry.key(), json ? base64_encode("{}") : withheld);
      else
        masked.set(entry.key(), json ? "{}" : "withheld");
    }
    object.set(field, std::move(masked));
  }
  if (!annotation_of(object, kLastApplied).empty()) {
    Value& annotations = object.edit("metadata").edit("annotations");
    annotations.erase(kLastApplied);
    if (annotations.empty()) object.edit("metadata").erase("annotations");
  }
  return object;
}

ImportReport import_objects(Cluster& cluster, Writer& writer, std::vector<Value> objects, SecretValues secrets) {
  return Importer(cluster, writer, secrets).run(std::move(objects));
}

}  // namespace taut::sandbox
