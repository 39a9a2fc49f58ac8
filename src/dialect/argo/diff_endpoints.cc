#include "dialect/argo/diff_endpoints.hh"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace taut::argo {
namespace {

using Digest = std::array<uint8_t, 16>;

// MD5, by which SortSubsets orders; nothing here is kept secret by it.
Digest hash_of(const std::string& text) {
  Digest out{};
  EVP_Digest(text.data(), text.size(), out.data(), nullptr, EVP_md5(), nullptr);
  return out;
}

std::string pointer_text(const Value& text) { return fmt::format("(*string){}", text.is_string() ? text.as_string() : "<nil>"); }

std::string port_fields(const Value& port) {
  return fmt::format("{{Name:(string){} Port:(int32){} Protocol:(v1.Protocol){} AppProtocol:{}}}", port["name"].as_string(), port["port"].as_int(),
                     port["protocol"].as_string(), pointer_text(port["appProtocol"]));
}

std::string reference_text(const Value& to) {
  if (!to.is_map()) return "(*v1.ObjectReference)<nil>";
  return fmt::format("(*v1.ObjectReference){{Kind:(string){} Namespace:(string){} Name:(string){} UID:(types.UID){} APIVersion:(string){} "
                     "ResourceVersion:(string){} FieldPath:(string){}}}",
                     to["kind"].as_string(), to["namespace"].as_string(), to["name"].as_string(), to["uid"].as_string(),
                     to["apiVersion"].as_string(), to["resourceVersion"].as_string(), to["fieldPath"].as_string());
}

std::string address_fields(const Value& address) {
  return fmt::format("{{IP:(string){} Hostname:(string){} NodeName:{} TargetRef:{}}}", address["ip"].as_string(),
                     address["hostname"].as_string(), pointer_text(address["nodeName"]), reference_text(address["targetRef"]));
}

std::string list_text(const Value& list, std::string (*item_text)(const Value&)) {
  if (!list.is_list()) return "<nil>";
  std::string out = "[";
  for (const Value& item : list.items()) out.append(out.size() > 1 ? " " : "").append(item_text(item));
  return out + "]";
}

std::string subset_text(const Value& subset) {
  return fmt::format("(v1.EndpointSubset){{Addresses:([]v1.EndpointAddress){} NotReadyAddresses:([]v1.EndpointAddress){} "
                     "Ports:([]v1.EndpointPort){}}}",
                     list_text(subset["addresses"], address_fields), list_text(subset["notReadyAddresses"], address_fields),
                     list_text(subset["ports"], port_fields));
}

std::string port_text(const Value& port) { return "(v1.EndpointPort)" + port_fields(port); }

bool goes_before(const Value& a, const Value& b) {
  int order = a["ip"].as_string().compare(b["ip"].as_string());
  if (order != 0) return order < 0;
  if (!b["targetRef"].is_map()) return false;
  return !a["targetRef"].is_map() || a["targetRef"]["uid"].as_string() < b["targetRef"]["uid"].as_string();
}

template <typename Less>
void sort(Value& list, Less less) {
  std::vector<Value> items(list.items().begin(), list.items().end());
  std::ranges::stable_sort(items, less);
  for (size_t i = 0; i < items.size(); ++i) list.edit(i) = std::move(items[i]);
}

void sort_by_hash(Value& list, std::string (*text)(const Value&)) {
  sort(list, [text](const Value& a, const Value& b) { return hash_of(text(a)) < hash_of(text(b)); });
}

}  // namespace

void normalize_endpoints(Value& object) {
  if (!object["subsets"].is_list()) return;
  Value& subsets = object.edit("subsets");
  for (size_t i = 0; i < subsets.size(); ++i) {
    Value& subset = subsets.edit(i);
    for (size_t p = 0; p < subset["ports"].size(); ++p)
      if (subset["ports"][p]["protocol"].empty()) subset.edit("ports").edit(p).set("protocol", "TCP");
    for (const char* list : {"addresses", "notReadyAddresses"})
      if (subset[list].is_list()) sort(subset.edit(list), goes_before);
    if (subset["ports"].is_list()) sort_by_hash(subset.edit("ports"), port_text);
  }
  sort_by_hash(subsets, subset_text);
}

}  // namespace taut::argo
