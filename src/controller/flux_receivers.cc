#include "controller/flux_receivers.hh"

#include "base/log.hh"
#include "value/patch.hh"

namespace taut::controller {
namespace {

constexpr std::string_view kManager = "notification-controller";

bool same_wish(const Value& a, const Value& b) {
  return a["spec"] == b["spec"] && a["metadata"]["uid"] == b["metadata"]["uid"] && a["metadata"]["deletionTimestamp"] == b["metadata"]["deletionTimestamp"] &&
         annotation_of(a, flux::kRequestedAt) == annotation_of(b, flux::kRequestedAt);
}

Value requested_patch(const std::string& at) {
  return Value::map({{"metadata", Value::map({{"annotations", Value::map({{flux::kRequestedAt, at}})}})}});
}

}  // namespace

FluxReceivers::FluxReceivers(Cluster& cluster, const Clock& clock, RecordNote record, bool own_namespace_only)
    : cluster_(cluster), clock_(clock), record_(std::move(record)), own_namespace_only_(own_namespace_only) {}

FluxReceivers::~FluxReceivers() { stop(); }

void FluxReceivers::start() {
  auto watch = cluster_.watch(flux::receiver_gvk(), {}, [this](const WatchEvent& event) { changed(event); });
  std::lock_guard lock(mutex_);
  watches_.push_back(std::move(watch));
}

// A watch waits for its handler when it ends, and handlers take the lock.
void FluxReceivers::stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  pool_.stop();
  std::vector<std::unique_ptr<Watch>> watches;
  {
    std::lock_guard lock(mutex_);
    watches.swap(watches_);
  }
}

void FluxReceivers::changed(const WatchEvent& event) {
  if (event.type == WatchEvent::Type::kFailed || event.type == WatchEvent::Type::kSynced) return;
  Name name{namespace_of(event.object), name_of(event.object)};
  std::lock_guard lock(mutex_);
  if (event.type == WatchEvent::Type::kDeleted) {
    entries_.erase(name);
    return;
  }
  auto [it, fresh] = entries_.try_emplace(name);
  bool again = fresh || !same_wish(it->second.object, event.object);
  it->second.object = event.object;
  if (again && !stopped_) pool_.run([this, name] { reconcile(name); });
}

void FluxReceivers::secret_changed(const Name& secret, const WatchEvent& event) {
  if (event.type == WatchEvent::Type::kFailed) return;
  std::lock_guard lock(mutex_);
  if (event.type == WatchEvent::Type::kSynced)
    seen_.insert(secret);
  else if (event.type == WatchEvent::Type::kDeleted)
    secrets_.erase(secret);
  else
    secrets_[secret] = event.object;
  for (const auto& [name, entry] : entries_)
    if (!stopped_ && name.first == secret.first && entry.object["spec"]["secretRef"]["name"].as_string() == secret.second)
      pool_.run([this, name = name] { reconcile(name); });
}

// True when what the cluster has of it is known.
bool FluxReceivers::watch_secret(const Name& secret) {
  if (secret.second.empty()) return true;
  {
    std::lock_guard lock(mutex_);
    if (!watching_.insert(secret).second) return seen_.contains(secret);
  }
  ListOptions only;
  only.ns = secret.first;
  only.field_selector = "metadata.name=" + secret.second;
  auto watch = cluster_.watch({"", "v1", "Secret"}, only, [this, secret](const WatchEvent& event) { secret_changed(secret, event); });
  std::lock_guard lock(mutex_);
  watches_.push_back(std::move(watch));
  return seen_.contains(secret);
}

void FluxReceivers::reconcile(const Name& name) {
  Value object, secret;
  {
    std::lock_guard lock(mutex_);
    auto it = entries_.find(name);
    if (it == entries_.end()) return;
    object = it->second.object;
  }
  if (object["metadata"].contains("deletionTimestamp")) return leave(object);
  if (object["spec"]["suspend"].as_bool() && !object["status"]["webhookPath"].empty()) {
    std::lock_guard lock(mutex_);
    if (auto it = entries_.find(name); it != entries_.end()) it->second.path = object["status"]["webhookPath"].str();
    return;
  }
  Name key{name.first, object["spec"]["secretRef"]["name"].str()};
  if (!watch_secret(key)) return;
  {
    std::lock_guard lock(mutex_);
    if (auto it = secrets_.find(key); it != secrets_.end()) secret = it->second;
  }
  auto token = flux::receiver_token(object, secret);
  std::vector<flux::Note> notes;
  Value status = flux::receiver_status(object, token, clock_.now(), notes);
  {
    std::lock_guard lock(mutex_);
    auto it = entries_.find(name);
    if (it == entries_.end()) return;
    it->second.path = status["webhookPath"].str();
    it->second.token = token ? *token : std::string();
  }
  Value patch = make_merge_patch(object["status"].is_map() ? object["status"] : Value::map(), status);
  if (patch.empty()) return;
  write(flux::receiver_gvk(), name.first, name.second, Value::map({{"status", std::move(patch)}}), "status");
  for (const auto& note : notes)
    if (record_) record_({object, note.type, note.reason, note.message});
}

// Flux's own finalizer, where Flux ran before, holds nothing.
void FluxReceivers::leave(const Value& object) {
  Value rest = Value::list();
  for (const Value& finalizer : object["metadata"]["finalizers"].items())
    if (finalizer.as_string() != flux::kFinalizer) rest.push_back(finalizer);
  if (rest == object["metadata"]["finalizers"]) return;
  write(flux::receiver_gvk(), std::string(namespace_of(object)), std::string(name_of(object)),
        Value::map({{"metadata", Value::map({{"finalizers", rest}})}}), "");
}

std::optional<flux::ReceiverCheck> FluxReceivers::find(std::string_view path) const {
  std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (entry.path.empty() || entry.path != path) continue;
    const Value& spec = entry.object["spec"];
    flux::ReceiverCheck out{name.first + '/' + name.second, spec["type"].str(), {}, entry.token, !spec["suspend"].as_bool()};
    for (const Value& event : spec["events"].items()) out.events.push_back(event.str());
    return out;
  }
  return std::nullopt;
}

Status FluxReceivers::take(std::string_view path) {
  std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    if (entry.path != path || stopped_) continue;
    std::string at = format_rfc3339_micro(clock_.now());
    Status out;
    for (const Value& resource : entry.object["spec"]["resources"].items()) {
      auto target = flux::receiver_target(entry.object, resource, own_namespace_only_);
      if (target)
        pool_.run([this, target = std::move(*target), at] { request(target, at); });
      else
        out = fail(target.error());
    }
    return out;
  }
  return {};
}

void FluxReceivers::request(const flux::ReceiverTarget& target, const std::string& at) {
  if (!target.name.empty()) {
    write(target.gvk, target.ns, target.name, requested_patch(at), "");
    return;
  }
  auto found = cluster_.list(target.gvk, {.ns = target.ns, .label_selector = target.label_selector, .field_selector = {}});
  if (!found) {
    log::warn("failed listing resources in namespace \"{}\" by matching labels \"{}\": {}", target.ns, target.label_selector, found.error().message());
    return;
  }
  if (found->items.empty())
    log::warn("no \"{}\" resources found with matching labels \"{}\" in \"{}\" namespace", target.gvk.kind, target.label_selector, target.ns);
  for (const Value& item : found->items) write(target.gvk, target.ns, std::string(name_of(item)), requested_patch(at), "");
}

bool FluxReceivers::write(const Gvk& gvk, const std::string& ns, const std::string& name, Value patch, std::string subresource) {
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = {gvk, ns, name};
  request.body = std::move(patch);
  request.subresource = std::move(subresource);
  request.field_manager = kManager;
  auto written = cluster_.write(request);
  if (!written && written.error().transient()) written = cluster_.write(request);
  if (written) return true;
  log::warn("{} {}/{} could not be written: {}", gvk.kind, ns, name, written.error().message());
  return false;
}

}  // namespace taut::controller
