// Any text as label and field selectors: parsed and matched, or refused; and as the query of a list.
#include "object/selector.hh"
#include "sandbox_calls.hh"

using namespace taut;
using namespace taut::sandbox;

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (unsigned char c : text) out += fmt::format("%{:02x}", c);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Value labels = Value::map({{"app", "web"}, {"tier", "1"}, {"x.dev/y", ""}});
  Value pod = Value::map({{"metadata", Value::map({{"name", "a"}, {"labels", labels}})}, {"spec", Value::map({{"nodeName", "n"}})}});
  if (auto parsed = LabelSelector::parse(text)) (void)parsed->matches(labels);
  if (auto parsed = FieldSelector::parse(text)) (void)parsed->matches(pod);
  static Calls calls;
  calls.call("GET", "/api/v1/namespaces/default/configmaps", "labelSelector=" + escaped(text), "", "");
  calls.call("GET", "/api/v1/pods", "fieldSelector=" + escaped(text), "", "");
  calls.call("GET", "/api/v1/pods", std::string(text), "", "");
  return 0;
}
