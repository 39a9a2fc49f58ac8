#include "controller/install.hh"

#include <chrono>
#include <thread>

#include "dialect/argo/application.hh"
#include "dialect/argo/definitions.hh"
#include "dialect/flux/definitions.hh"
#include "dialect/flux/words.hh"

namespace taut::controller {
namespace {

Status create_if_missing(Cluster& cluster, const Value& object) {
  WriteRequest request;
  request.verb = WriteVerb::kCreate;
  request.ref = {Gvk::of(object), "", std::string(name_of(object))};
  request.body = object;
  auto result = cluster.write(request);
  if (result || result.error().code() == Code::kAlreadyExists) return {};
  return tl::unexpected(std::move(result).error().while_doing(fmt::format("creating {} {}", request.ref.gvk.kind, request.ref.name)));
}

bool all_served(Cluster& cluster) {
  auto discovery = cluster.discover();
  return discovery && discovery->find(argo::application_gvk()) && discovery->find(argo::project_gvk()) &&
         discovery->find(flux::kustomization_gvk()) && discovery->find(flux::source_gvk("GitRepository")) &&
         discovery->find(flux::source_gvk("HelmChart")) && discovery->find(flux::helm_release_gvk());
}

}  // namespace

Status install(Cluster& cluster, const std::string& control_namespace, Duration patience) {
  for (const auto* definitions : {&argo::definitions(), &flux::definitions()})
    for (const Value& definition : *definitions) TAUT_TRY(create_if_missing(cluster, definition));
  TAUT_TRY(create_if_missing(cluster, Value::map({{"apiVersion", "v1"},
                                                  {"kind", "Namespace"},
                                                  {"metadata", Value::map({{"name", control_namespace}})}})));
  auto deadline = std::chrono::steady_clock::now() + patience;
  while (!all_served(cluster)) {
    if (std::chrono::steady_clock::now() > deadline)
      return fail(Code::kTimeout, "the cluster does not serve the kinds of Argo CD and Flux after {}", format_go_duration(patience));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return {};
}

}  // namespace taut::controller
