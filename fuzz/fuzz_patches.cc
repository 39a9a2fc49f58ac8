// Any text as a patch of each type, of a Deployment, a ConfigMap and a Pod: an object or a refusal. What comes out can be
// read again, and applying the same configuration twice changes nothing the second time.
#include <cstdlib>

#include "sandbox_calls.hh"

using namespace taut;
using namespace taut::sandbox;

namespace {

constexpr const char* kTypes[] = {"application/json-patch+json", "application/merge-patch+json",
                                  "application/strategic-merge-patch+json", "application/apply-patch+yaml"};

struct Target {
  const char* collection;
  const char* object;
};

constexpr Target kTargets[] = {
    {"/apis/apps/v1/namespaces/default/deployments",
     R"({"metadata":{"name":"t"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},)"
     R"("spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}],"env":[{"name":"E","value":"1"}]}]}}}})"},
    {"/api/v1/namespaces/default/configmaps", R"({"metadata":{"name":"t","labels":{"a":"b"}},"data":{"k":"v"}})"},
    {"/api/v1/namespaces/default/pods", R"({"metadata":{"name":"t"},"spec":{"containers":[{"name":"c","image":"i"}]}})"}};

std::string version(const Response& response) {
  auto object = parse_json(response.text());
  return object ? (*object)["metadata"]["resourceVersion"].str() : "";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static Calls calls;
  std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string type = kTypes[data[0] % 4];
  const Target& target = kTargets[data[0] / 4 % 3];
  bool apply = data[0] % 4 == 3;
  std::string path = std::string(target.collection) + "/t", query = apply ? "fieldManager=m&force=true" : "";
  if (data[0] & 64) query += "&fieldValidation=Strict";
  if (data[0] & 128) query += "&dryRun=All";
  calls.call("POST", target.collection, "", "application/json", target.object);
  Response first = calls.call("PATCH", path, query, type, body);
  if (apply && first.code < 300 && (data[0] & 128) == 0) {
    Response again = calls.call("PATCH", path, query, type, body);
    if (again.code != 200 || version(again) != version(first)) std::abort();
  }
  calls.call("DELETE", path, "gracePeriodSeconds=0", "", "");
  return 0;
}
