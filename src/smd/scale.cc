#include "smd/scale.hh"

namespace taut::smd {
namespace {

constexpr const char* kScaleVersion = "autoscaling/v1";

const Path& replicas_in_scale() {
  static const Path path{PathElement::field("spec"), PathElement::field("replicas")};
  return path;
}

Set only(const Path& path) {
  Set out;
  out.insert(path);
  return out;
}

}  // namespace

ReplicasPaths builtin_replicas_paths(const std::string& api_version) { return {{api_version, replicas_in_scale()}}; }

Result<Value> scale_managed_fields(const Value& parent_entries, const ReplicasPaths& paths) {
  TAUT_ASSIGN(ManagedFields parent, decode_managed_fields(parent_entries));
  ManagedFields out;
  for (const auto& [id, owned] : parent) {
    auto path = paths.find(owned.api_version);
    if (path == paths.end() || path->second.empty() || !owned.set.has(path->second)) continue;
    out[id] = Owned{only(replicas_in_scale()), kScaleVersion, owned.applied, owned.time};
  }
  return encode_managed_fields(out);
}

Result<Value> parent_managed_fields(const Value& parent_entries, const Value& scale_entries,
                                    const std::string& api_version, const ReplicasPaths& paths) {
  TAUT_ASSIGN(ManagedFields parent, decode_managed_fields(parent_entries));
  TAUT_ASSIGN(ManagedFields scale, decode_managed_fields(scale_entries));
  ManagedFields out;
  for (const auto& [id, owned] : parent) {
    auto path = paths.find(owned.api_version);
    if (path == paths.end()) continue;
    bool owns = !path->second.empty() && owned.set.has(path->second);
    if (!owns || scale.erase(id) > 0) {
      out[id] = owned;
      continue;
    }
    // Taken away through the Scale.
    Owned rest = owned;
    rest.set = rest.set.without(only(path->second));
    if (!rest.set.empty()) out[id] = std::move(rest);
  }
  auto own_path = paths.find(api_version);
  for (const auto& [id, owned] : scale) {
    if (!owned.set.has(replicas_in_scale()) || own_path == paths.end()) continue;
    auto before = parent.find(id);  // a new entry gets no time, as on the server
    Owned entry{only(own_path->second), api_version, owned.applied, before == parent.end() ? Value() : before->second.time};
    out[id] = std::move(entry);
  }
  return encode_managed_fields(out);
}

}  // namespace taut::smd
