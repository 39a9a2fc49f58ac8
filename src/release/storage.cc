#include "release/storage.hh"

#include <algorithm>
#include <array>

#include "base/base64.hh"
#include "base/strings.hh"

namespace taut::release {

namespace {

constexpr std::array<std::string_view, 6> kSystemLabels = {"name",    "owner",     "status",
                                                           "version", "createdAt", "modifiedAt"};

bool is_system(std::string_view label) {
  return std::find(kSystemLabels.begin(), kSystemLabels.end(), label) != kSystemLabels.end();
}

Failure prefixed(std::string_view what, const Error& error) {
  return fail(Error(error).with_message(fmt::format("{}{}", what, error.message())));
}

std::string key_of(const std::string& name, int64_t version) {
  return fmt::format("sh.helm.release.v1.{}.v{}", name, version);
}

Failure not_found() { return fail(Code::kNotFound, "release: not found"); }

}  // namespace

Result<Driver> parse_driver(std::string_view name) {
  if (name.empty() || name == "secret" || name == "secrets") return Driver::kSecrets;
  if (name == "configmap" || name == "configmaps") return Driver::kConfigMaps;
  return fail(Code::kUnsupported, "unknown driver {}", quote(name));
}

std::span<const std::string_view> system_labels() { return kSystemLabels; }

bool has_system_label(const std::map<std::string, std::string>& labels) {
  return std::any_of(labels.begin(), labels.end(), [](const auto& label) { return is_system(label.first); });
}

ObjectRef Storage::ref(const std::string& name, int64_t version) const {
  const char* kind = driver_ == Driver::kSecrets ? "Secret" : "ConfigMap";
  return {{"", "v1", kind}, ns_, key_of(name, version)};
}

Result<Release> Storage::read(const Value& object) const {
  std::string text = object["data"]["release"].str();
  if (driver_ == Driver::kSecrets) {
    auto bytes = base64_decode(text);
    if (!bytes) return fail(Code::kInvalid, "illegal base64 data in Secret {}", name_of(object));
    text = std::move(*bytes);
  }
  TAUT_ASSIGN(Release release, decode_record(text));
  for (const Entry& label : object["metadata"]["labels"].entries()) {
    release.labels.emplace(label.key(), label.value.str());
  }
  return release;
}

Result<Release> Storage::get(const std::string& name, int64_t version) const {
  auto object = cluster_->get(ref(name, version));
  if (!object) {
    if (object.error().code() == Code::kNotFound) return not_found();
    return prefixed(fmt::format("get: failed to get {}: ", quote(key_of(name, version))), object.error());
  }
  auto release = read(*object);
  if (!release) {
    return prefixed(fmt::format("get: failed to decode data {}: ", quote(key_of(name, version))), release.error());
  }
  std::erase_if(release->labels, [](const auto& label) { return is_system(label.first); });
  return release;
}

Result<std::vector<Release>> Storage::query(const std::string& selector) const {
  auto found = cluster_->list(ref("", 0).gvk, {.ns = ns_, .label_selector = selector});
  if (!found) return prefixed("query: failed to query with labels: ", found.error());
  std::vector<Release> out;
  for (const Value& object : found->items) {
    if (auto release = read(object)) out.push_back(std::move(*release));
  }
  std::stable_sort(out.begin(), out.end(), [](const Release& a, const Release& b) { return a.version < b.version; });
  return out;
}

Result<std::vector<Release>> Storage::list() const {
  auto found = cluster_->list(ref("", 0).gvk, {.ns = ns_, .label_selector = "owner=helm"});
  if (!found) return prefixed("list: failed to list: ", found.error());
  std::vector<Release> out;
  for (const Value& object : found->items) {
    if (auto release = read(object)) out.push_back(std::move(*release));
  }
  return out;
}

Result<std::vector<Release>> Storage::history(const std::string& name) const {
  TAUT_ASSIGN(auto found, query("name=" + name + ",owner=helm"));
  if (found.empty()) return not_found();
  return found;
}

Result<Release> Storage::last(const std::string& name) const {
  TAUT_ASSIGN(auto found, history(name));
  return std::move(found.back());
}

Result<std::vector<Release>> Storage::all_deployed(const std::string& name) const {
  return query("name=" + name + ",owner=helm,status=deployed");
}

Result<Release> Storage::deployed(const std::string& name) const {
  TAUT_ASSIGN(auto found, all_deployed(name));
  if (found.empty()) return fail(Code::kNotFound, "{} has no deployed releases", quote(name));
  return std::move(found.back());
}

Value Storage::object_of(const Release& release, std::string_view stamp, Time now) const {
  auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  Value labels = Value::map();
  labels.set(stamp, std::to_string(seconds));
  // The labels that came with the record win over the stamp, as helm has it.
  for (const auto& [name, value] : release.labels) labels.set(name, value);
  labels.set("name", release.name);
  labels.set("owner", "helm");
  labels.set("status", release.status);
  labels.set("version", std::to_string(release.version));
  Value metadata = Value::map({{"name", key_of(release.name, release.version)}, {"labels", std::move(labels)}});
  if (!ns_.empty()) metadata.set("namespace", ns_);
  const bool secret = driver_ == Driver::kSecrets;
  std::string record = encode_record(release);
  Value out = Value::map({{"apiVersion", "v1"}, {"kind", secret ? "Secret" : "ConfigMap"}});
  out.set("metadata", std::move(metadata));
  if (secret) out.set("type", "helm.sh/release.v1");
  out.set("data", Value::map({{"release", secret ? base64_encode(record) : record}}));
  return out;
}

Status Storage::create(const Release& release, Time now) const {
  if (max_history_ > 0) TAUT_TRY(make_room(release.name));
  WriteRequest request{.verb = WriteVerb::kCreate, .ref = ref(release.name, release.version)};
  request.body = object_of(release, "createdAt", now);
  request.field_manager = "helm";
  auto written = cluster_->write(request);
  if (written) return {};
  if (written.error().code() == Code::kAlreadyExists) return fail(Code::kAlreadyExists, "release: already exists");
  return prefixed("create: failed to create: ", written.error());
}

Status Storage::update(const Release& release, Time now) const {
  WriteRequest request{.verb = WriteVerb::kUpdate, .ref = ref(release.name, release.version)};
  request.body = object_of(release, "modifiedAt", now);
  request.field_manager = "helm";
  auto written = cluster_->write(request);
  if (!written) return prefixed("update: failed to update: ", written.error());
  return {};
}

Status Storage::remove(const std::string& name, int64_t version) const {
  auto removed = cluster_->remove(ref(name, version), {});
  if (removed) return {};
  if (removed.error().code() == Code::kNotFound) return not_found();
  return fail(removed.error());
}

// Removes the oldest records until one more fits; the last deployed one stays.
Status Storage::make_room(const std::string& name) const {
  TAUT_ASSIGN(auto records, query("name=" + name + ",owner=helm"));
  const size_t keep = static_cast<size_t>(max_history_ - 1);
  if (records.size() <= keep) return {};
  int64_t spared = 0;
  for (const Release& record : records) {
    if (record.status == kDeployed) spared = record.version;
  }
  size_t left = records.size();
  for (const Release& record : records) {
    if (left <= keep) break;
    if (record.version == spared) continue;
    TAUT_TRY(remove(name, record.version));
    --left;
  }
  return {};
}

}  // namespace taut::release
