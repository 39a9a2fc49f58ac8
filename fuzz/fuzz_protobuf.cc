// Any bytes as the protobuf body of a request, for a kind that the first byte chooses.
#include "sandbox/protobuf.hh"
#include "sandbox_calls.hh"

using namespace taut;
using namespace taut::sandbox;

namespace {

struct Sent {
  const char* api_version;
  const char* kind;
  const char* collection;
};

constexpr Sent kKinds[] = {{"v1", "ConfigMap", "/api/v1/namespaces/default/configmaps"},
                           {"v1", "Pod", "/api/v1/namespaces/default/pods"},
                           {"v1", "Secret", "/api/v1/namespaces/default/secrets"},
                           {"v1", "Service", "/api/v1/namespaces/default/services"},
                           {"apps/v1", "Deployment", "/apis/apps/v1/namespaces/default/deployments"},
                           {"batch/v1", "Job", "/apis/batch/v1/namespaces/default/jobs"},
                           {"networking.k8s.io/v1", "Ingress", "/apis/networking.k8s.io/v1/namespaces/default/ingresses"}};

void field(std::string& out, int number, std::string_view bytes) {
  out += static_cast<char>(number << 3 | 2);
  for (size_t n = bytes.size(); ; n >>= 7) {
    out += static_cast<char>((n & 0x7F) | (n > 0x7F ? 0x80 : 0));
    if (n <= 0x7F) break;
  }
  out += bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)decode_protobuf(bytes);
  if (size < 1) return 0;
  static Calls calls;
  const Sent& kind = kKinds[data[0] % std::size(kKinds)];
  std::string meta, body("k8s\0", 4);
  field(meta, 1, kind.api_version);
  field(meta, 2, kind.kind);
  field(body, 1, meta);
  field(body, 2, bytes.substr(1));
  calls.call("POST", kind.collection, "dryRun=All&fieldValidation=Strict", "application/vnd.kubernetes.protobuf", body);
  return 0;
}
