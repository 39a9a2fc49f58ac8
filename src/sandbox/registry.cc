#include "sandbox/registry.hh"

#include <mutex>

#include "sandbox/custom.hh"

namespace taut::sandbox {
namespace {

std::string index_key(std::string_view group, std::string_view version, std::string_view plural) {
  return fmt::format("{}/{}/{}", group, version, plural);
}

// Kinds whose versions or groups are views of one stored object.
Gvk stored_version(const schema::KindInfo& info) {
  if (info.group == "autoscaling" && info.kind == "HorizontalPodAutoscaler") return {"autoscaling", "v2", info.kind};
  if (info.group == "events.k8s.io") return {"", "v1", info.kind};
  return {info.group, info.version, info.kind};
}

ResourcePtr builtin_resource(const schema::KindInfo& info) {
  auto out = std::make_shared<Resource>();
  out->info = info;
  out->list_kind = info.kind + "List";
  out->stored_as = stored_version(info);
  out->storage = out->stored_as.group.empty() ? info.plural : out->stored_as.group + '/' + info.plural;
  out->go = go_type(out->gvk());
  return out;
}

// "v2" before "v1" before "v1beta2" before "v1alpha1" before all else, as version.CompareKubeAwareVersionStrings.
int version_rank(std::string_view version, int& major, int& minor) {
  major = minor = 0;
  if (version.size() < 2 || version[0] != 'v' || isdigit(static_cast<unsigned char>(version[1])) == 0) return 0;
  size_t at = 1;
  while (at < version.size() && isdigit(static_cast<unsigned char>(version[at])) != 0) major = major * 10 + version[at++] - '0';
  std::string_view rest = version.substr(at);
  if (rest.empty()) return 3;
  int rank = rest.starts_with("beta") ? 2 : rest.starts_with("alpha") ? 1 : 0;
  rest.remove_prefix(std::min(rest.size(), rank == 2 ? size_t{4} : size_t{5}));
  for (char c : rest) {
    if (isdigit(static_cast<unsigned char>(c)) == 0) return 0;
    minor = minor * 10 + c - '0';
  }
  return rank;
}

bool newer_version(const std::string& a, const std::string& b) {
  int a_major, a_minor, b_major, b_minor;
  int a_rank = version_rank(a, a_major, a_minor), b_rank = version_rank(b, b_major, b_minor);
  if (a_rank != b_rank) return a_rank > b_rank;
  if (a_rank == 0) return a < b;
  return std::tie(a_major, a_minor) > std::tie(b_major, b_minor);
}

}  // namespace

Registry::Registry() {
  for (const schema::KindInfo& info : schema::builtin_kinds()) builtin_.push_back(builtin_resource(info));
  reindex();
}

void Registry::reindex() {
  index_.clear();
  auto add = [&](const ResourcePtr& r) { index_[index_key(r->info.group, r->info.version, r->info.plural)] = r; };
  for (const ResourcePtr& r : builtin_) add(r);
  for (const auto& [name, versions] : custom_)
    for (const ResourcePtr& r : versions) add(r);
}

ResourcePtr Registry::find(std::string_view group, std::string_view version, std::string_view plural) const {
  std::shared_lock lock(mutex_);
  auto found = index_.find(index_key(group, version, plural));
  return found == index_.end() ? nullptr : found->second;
}

ResourcePtr Registry::find_kind(const Gvk& gvk) const {
  std::shared_lock lock(mutex_);
  for (const auto& [key, resource] : index_)
    if (resource->info.kind == gvk.kind && resource->info.version == gvk.version && resource->info.group == gvk.group)
      return resource;
  return nullptr;
}

ResourcePtr Registry::find_kind(std::string_view group, std::string_view kind) const {
  std::shared_lock lock(mutex_);
  ResourcePtr best;
  for (const auto& [key, r] : index_)
    if (r->info.group == group && r->info.kind == kind && (!best || newer_version(r->info.version, best->info.version)))
      best = r;
  return best;
}

bool Registry::has_group_version(std::string_view group, std::string_view version) const {
  std::shared_lock lock(mutex_);
  auto found = index_.lower_bound(index_key(group, version, ""));
  return found != index_.end() && found->first.starts_with(index_key(group, version, ""));
}

bool Registry::has_group(std::string_view group) const {
  std::shared_lock lock(mutex_);
  std::string prefix = std::string(group) + '/';
  auto found = index_.lower_bound(prefix);
  return found != index_.end() && found->first.starts_with(prefix);
}

std::vector<GroupVersion> Registry::group_versions() const {
  std::shared_lock lock(mutex_);
  std::vector<GroupVersion> out;
  auto add = [&](const ResourcePtr& r) {
    for (GroupVersion& gv : out)
      if (gv.group == r->info.group && gv.version == r->info.version) return gv.resources.push_back(r);
    auto at = out.end();
    // A further version of a known group stands behind the newer ones of that group.
    for (auto gv = out.begin(); gv != out.end(); ++gv)
      if (gv->group == r->info.group) at = newer_version(r->info.version, gv->version) ? std::min(at, gv) : gv + 1;
    out.insert(at, {r->info.group, r->info.version, {r}});
  };
  for (const ResourcePtr& r : builtin_) add(r);
  for (const auto& [name, versions] : custom_)
    for (const ResourcePtr& r : versions) add(r);
  for (GroupVersion& gv : out)
    std::sort(gv.resources.begin(), gv.resources.end(),
              [](const ResourcePtr& a, const ResourcePtr& b) { return a->info.plural < b->info.plural; });
  return out;
}

std::vector<ResourcePtr> Registry::stored() const {
  std::shared_lock lock(mutex_);
  std::map<std::string, ResourcePtr> out;
  for (const auto& [key, r] : index_)
    if (r->stored_as == r->gvk() && r->info.has_verb("list")) out[r->storage] = r;
  std::vector<ResourcePtr> list;
  for (auto& [name, r] : out) list.push_back(std::move(r));
  return list;
}

void Registry::serve(std::string_view crd_name, std::vector<ResourcePtr> versions) {
  std::unique_lock lock(mutex_);
  custom_[std::string(crd_name)] = std::move(versions);
  reindex();
}

void Registry::withdraw(std::string_view crd_name) {
  std::unique_lock lock(mutex_);
  auto found = custom_.find(crd_name);
  if (found == custom_.end()) return;
  custom_.erase(found);
  reindex();
}

}  // namespace taut::sandbox
