// DELETE of one object.
#include "sandbox/api.hh"
#include "sandbox/body.hh"
#include "sandbox/rest_rules.hh"

namespace taut::sandbox {
namespace {

Response deleted_status(const Resource& resource, const Value& object, const Accepted& accepted) {
  Value details = Value::map({{"name", name_of(object)}, {"kind", resource.info.plural}, {"uid", object["metadata"]["uid"]}});
  if (!resource.info.group.empty()) details.set("group", resource.info.group);
  return object_response(200, Value::map({{"apiVersion", "v1"}, {"kind", "Status"}, {"metadata", Value::map()},
                                          {"status", "Success"}, {"details", std::move(details)}}), accepted);
}

}  // namespace

ApiResult<Response> Api::remove(Call& call) {
  const Resource& resource = *call.resource;
  API_ASSIGN(Value body, read_value(call.request));
  API_ASSIGN(DeletionOptions options, deletion_options(body, call.query));
  bool unsaid = options.propagation.empty() && !options.orphan_dependents;
  if (unsaid && resource.info.kind == "Job" && resource.info.group == "batch") {
    options.orphan_dependents = true;
    call.context.warnings.push_back(
        "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set "
        "propagationPolicy=Orphan to suppress this warning");
  }
  API_ASSIGN(Deleted deleted, writer_.remove(resource, call.info.ns, call.info.name, options));
  if (deleted.finished && !returns_deleted_object(resource))
    return deleted_status(resource, deleted.item->object(), call.accepted);
  return item_response(cluster_, resource, 200, deleted.item, call.accepted);
}

}  // namespace taut::sandbox
