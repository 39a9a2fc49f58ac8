// What is particular to the built-in kinds.
#include "base/strings.hh"
#include "schema/builtin.hh"
#include "schema/kinds.hh"
#include "smd/smd.hh"

namespace taut::smd {
namespace {

void split_version(std::string_view api_version, std::string_view& group, std::string_view& version) {
  if (!cut(api_version, "/", group, version)) {
    version = api_version;
    group = {};
  }
}

// Kinds whose /status endpoint resets more than the spec. The rest of them resets `spec` only.
struct StatusReset {
  std::string_view kind;
  std::initializer_list<std::initializer_list<std::string_view>> fields;
};
const StatusReset kStatusResets[] = {
    {"Deployment", {{"spec"}, {"metadata", "labels"}}},
    {"Pod", {{"spec"}, {"metadata", "deletionTimestamp"}, {"metadata", "ownerReferences"}}},
    {"CertificateSigningRequest", {{"spec"}, {"status", "conditions"}}},
    {"ServiceCIDR", {{"spec"}, {"metadata"}}},
    {"FlowSchema", {{"spec"}, {"metadata"}}},
    {"PriorityLevelConfiguration", {{"spec"}, {"metadata"}}},
    {"VolumeAttachment", {{"spec"}, {"metadata"}}},
    {"ResourceClaim", {{"spec"}, {"metadata"}}},
    {"ValidatingAdmissionPolicy", {{"spec"}, {"metadata"}}},
    {"APIService", {{"spec"}, {"metadata"}}},
};

Set builtin_reset(const schema::KindInfo& info, std::string_view subresource) {
  if (subresource == "status") {
    for (const StatusReset& row : kStatusResets)
      if (row.kind == info.kind) return Set::of(row.fields);
    return Set::of({{"spec"}});
  }
  if (subresource == "approval") return Set::of({{"spec"}, {"status", "certificate"}});
  if (info.kind == "CertificateSigningRequest") return Set::of({{"spec"}, {"status"}});
  if (info.subresource("status")) return Set::of({{"status"}});
  return {};
}

const schema::KindInfo* find_in_group(std::string_view group, std::string_view kind) {
  for (const auto& info : schema::builtin_kinds())
    if (info.group == group && info.kind == kind) return &info;
  return nullptr;
}

}  // namespace

Set reset_fields(std::string_view group, std::string_view kind, std::string_view subresource, bool has_status) {
  if (const auto* info = find_in_group(group, kind)) return builtin_reset(*info, subresource);
  if (subresource == "status") return Set::of({{"metadata"}, {"spec"}});
  return has_status ? Set::of({{"status"}}) : Set();
}

std::optional<KindInfo> builtin_kind(std::string_view api_version, std::string_view kind,
                                     std::string_view subresource) {
  std::string_view group, version;
  split_version(api_version, group, version);
  if (!schema::builtin_type(group, version, kind)) return {};
  KindInfo out;
  out.api_version = std::string(api_version);
  out.kind = std::string(kind);
  out.structured = true;
  out.type = [kind = out.kind](std::string_view at) {
    std::string_view g, v;
    split_version(at, g, v);
    return schema::builtin_type(g, v, kind);
  };
  out.reset = reset_fields(group, kind, subresource, true);
  return out;
}

}  // namespace taut::smd
