#include "dialect/flux/dialect.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "base/base64.hh"
#include "base/log.hh"
#include "dialect/flux/conditions.hh"
#include "value/patch.hh"

namespace taut::flux {
namespace {

constexpr std::array<std::string_view, 3> kSourceKinds = {"GitRepository", "OCIRepository", "Bucket"};
constexpr std::string_view kNameSelector = "metadata.name=";
constexpr Duration kRetry = std::chrono::seconds(5);

std::string variables_key(std::string_view kind, std::string_view ns, std::string_view name) {
  return fmt::format("{}/{}/{}", kind, ns, name);
}

// Secrets hold base64.
Value plain_data(const Value& object) {
  Value out = Value::map();
  bool secret = object["kind"].as_string() == "Secret";
  for (const Entry& entry : object["data"].entries()) {
    if (!secret) {
      out.set(entry.key(), entry.value);
    } else if (auto text = base64_decode(entry.value.as_string())) {
      out.set(entry.key(), *text);
    }
  }
  return out;
}

uint64_t version_of(const Value& object) {
  std::string_view text = object["metadata"]["resourceVersion"].as_string();
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Answers to writes and the watch overtake each other.
bool older(const Value& object, const Value& held) {
  return object["metadata"]["uid"] == held["metadata"]["uid"] && version_of(object) < version_of(held);
}

WriteRequest patch_request(const Kustomization& read, Value body, std::string subresource) {
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = {kustomization_gvk(), read.self.ns, read.self.name};
  request.body = std::move(body);
  request.subresource = std::move(subresource);
  request.field_manager = "gotk-kustomize-controller";
  return request;
}

Value without_finalizer(const Value& object) {
  Value rest = Value::list();
  for (const Value& finalizer : object["metadata"]["finalizers"].items())
    if (finalizer.as_string() != kFinalizer) rest.push_back(finalizer);
  return Value::map({{"metadata", Value::map({{"finalizers", rest}})}});
}

bool is_observed(const Value& object) { return object["status"]["observedGeneration"] == object["metadata"]["generation"]; }
bool is_ready(const Value& object) { return condition_of(object, kReady)["status"].as_string() == "True"; }

}  // namespace

std::vector<engine::Dialect::Watched> Dialect::watched() const {
  std::vector<Watched> out = {{kustomization_gvk(), {}}};
  for (std::string_view kind : kSourceKinds) out.push_back({source_gvk(kind), {}});
  out.push_back({helm_release_gvk(), {}});
  return out;
}

bool Dialect::ready() const { return listed_.size() == 1 + kSourceKinds.size(); }

void Dialect::touch(const std::function<bool(const Kustomization& read)>& concerns) {
  for (const auto& [key, entry] : entries_)
    if (concerns(entry.read)) dirty_.insert(key);
}

void Dialect::touch_source(const SourceRef& source) {
  touch([&](const Kustomization& read) { return read.source == source; });
}

engine::Dialect::Turn Dialect::changed(const Watched& watch, const WatchEvent& event, Time now) {
  Turn turn;
  const Gvk& gvk = watch.gvk;
  bool gone = event.type == WatchEvent::Type::kDeleted;
  if (event.type == WatchEvent::Type::kFailed) return turn;
  if (event.type == WatchEvent::Type::kSynced) {
    synced(watch);
  } else if (gvk.group == kKustomizeGroup) {
    kustomization_changed(event, turn);
  } else if (gvk.group == kHelmGroup) {
    release_changed(event);
  } else if (gvk == application_gvk()) {
    application_changed(event);
  } else if (gvk.group == kSourceGroup) {
    SourceRef ref{gvk.kind, std::string(namespace_of(event.object)), std::string(name_of(event.object))};
    bool changed = gone ? sources_.erase(ref) > 0 : sources_.insert(ref).second;
    if (changed) touch_source(ref);
  } else {
    std::string key = variables_key(gvk.kind, namespace_of(event.object), name_of(event.object));
    variables_.erase(key);
    if (!gone) variables_[key] = event.object;
    touch_variables(namespace_of(event.object), gvk.kind, name_of(event.object));
  }
  Turn rest = look(now);
  auto move_all = [](auto& from, auto& to) { std::ranges::move(from, std::back_inserter(to)); };
  move_all(rest.events, turn.events);
  move_all(rest.writes, turn.writes);
  move_all(rest.watches, turn.watches);
  move_all(rest.notes, turn.notes);
  return turn;
}

void Dialect::touch_variables(std::string_view ns, std::string_view kind, std::string_view name) {
  touch([&](const Kustomization& read) {
    return read.self.ns == ns && std::ranges::any_of(read.named(), [&](const VariableRef& ref) { return ref.kind == kind && ref.name == name; });
  });
}

void Dialect::synced(const Watched& watch) {
  if (watch.gvk.group == kHelmGroup) return;  // where there are none, nothing waits for them
  bool one = watch.options.field_selector.starts_with(kNameSelector);
  if (!one) {
    listed_.insert(watch.gvk.kind);
    return;
  }
  std::string name = watch.options.field_selector.substr(kNameSelector.size());
  touch_dependents({watch.gvk.kind, {watch.options.ns, name}});
  seen_.insert(variables_key(watch.gvk.kind, watch.options.ns, name));
  touch_variables(watch.options.ns, watch.gvk.kind, name);
}

void Dialect::touch_dependents(const Dependency& on) {
  touch([&](const Kustomization& read) { return std::ranges::find(read.depends_on, on) != read.depends_on.end(); });
}

// Who was part of a cycle may be so no more, and the other way round.
void Dialect::note_needs(const Dependency& object, const std::vector<Dependency>& needs) {
  auto concerned = needs_.set(node_of(object), nodes_of(needs));
  concerned.merge(needs_.take());
  if (concerned.empty()) return;
  touch([&](const Kustomization& read) { return concerned.contains(node_of({"Kustomization", read.self})); });
}

void Dialect::application_changed(const WatchEvent& event) {
  ObjectName name{std::string(namespace_of(event.object)), std::string(name_of(event.object))};
  applications_.erase(name);
  if (event.type != WatchEvent::Type::kDeleted) applications_[name] = is_settled(event.object);
  touch_dependents({"Application", name});
}

// Only whether it is ready and what it waits for counts.
void Dialect::release_changed(const WatchEvent& event) {
  ObjectName name{std::string(namespace_of(event.object)), std::string(name_of(event.object))};
  bool gone = event.type == WatchEvent::Type::kDeleted;
  Dependency self{"HelmRelease", name};
  note_needs(self, gone ? std::vector<Dependency>() : read_dependencies(event.object["spec"], name.ns, self.kind));
  auto before = releases_.find(name);
  std::optional<bool> was = before == releases_.end() ? std::nullopt : std::optional(before->second);
  std::optional<bool> now;
  if (!gone) now = is_observed(event.object) && is_ready(event.object);
  if (was == now) return;
  if (now)
    releases_[name] = *now;
  else
    releases_.erase(name);
  touch_dependents(self);
}

void Dialect::kustomization_changed(const WatchEvent& event, Turn& turn) {
  ObjectName name{std::string(namespace_of(event.object)), std::string(name_of(event.object))};
  engine::UnitKey key = kustomization_key(name.ns, name.name);
  touch_dependents({"Kustomization", name});
  if (event.type == WatchEvent::Type::kDeleted) {
    if (auto it = entries_.find(key); it != entries_.end() && it->second.told) turn.events.push_back(engine::UnitGone{key});
    entries_.erase(key);
    note_needs({"Kustomization", name}, {});
    return;
  }
  Entry& entry = entries_[key];
  if (older(event.object, entry.object)) return;
  if (event.object["metadata"]["finalizers"] != entry.object["metadata"]["finalizers"]) entry.asked = false;
  entry.object = event.object;
  entry.read = read_kustomization(event.object, tenancy_);
  note_needs({"Kustomization", name}, entry.read.depends_on);
  dirty_.insert(key);
}

engine::Dialect::Turn Dialect::look(Time now) {
  Turn turn;
  if (!ready()) return turn;
  for (const SourceRef& source : artifacts_->take_changed()) touch_source(source);
  for (auto& [key, entry] : entries_)
    if (entry.look_at && *entry.look_at <= now) dirty_.insert(key);
  for (const auto& key : std::exchange(dirty_, {}))
    if (auto it = entries_.find(key); it != entries_.end()) consider(it->second, turn, now);
  return turn;
}

std::optional<Time> Dialect::wake() const {
  std::optional<Time> out;
  for (const auto& [key, entry] : entries_)
    if (entry.look_at && (!out || *entry.look_at < *out)) out = entry.look_at;
  return out;
}

// A Kustomization that is to be deleted without its objects, or was never told of, is let go at once.
bool Dialect::keep_finalizer(Entry& entry, Turn& turn) {
  const Kustomization& read = entry.read;
  bool wanted = !read.deleting;
  if (wanted == read.finalized || entry.asked) return true;
  if (!wanted && read.deletes) return true;
  write_finalizer(entry, wanted, turn);
  return wanted;
}

void Dialect::write_finalizer(Entry& entry, bool wanted, Turn& turn) {
  entry.asked = true;
  Value patch = without_finalizer(entry.object);
  if (wanted) patch.edit("metadata").edit("finalizers").push_back(kFinalizer);
  patch.edit("metadata").set("resourceVersion", entry.object["metadata"]["resourceVersion"]);
  turn.writes.push_back(patch_request(entry.read, std::move(patch), ""));
}

void Dialect::consider(Entry& entry, Turn& turn, Time now) {
  bool due = entry.look_at && *entry.look_at <= now;
  if (due) entry.look_at.reset();
  const Kustomization& read = entry.read;
  if (read.suspended && !read.deleting && !entry.told) return;
  if (!keep_finalizer(entry, turn)) return;
  auto given = gather(read, turn);
  if (!given) return;
  entry.given = std::move(*given);
  if (read.deleting && entry.given.lost) {
    if (!entry.asked) write_finalizer(entry, false, turn);
    return;
  }
  engine::UnitSpec spec = unit_spec(entry.object, read, entry.given);
  turn.events.push_back(engine::UnitSpecified{std::move(spec), read_status(entry.object)});
  entry.told = true;
  request_reconcile(entry, turn);
  if (!due || !entry.unit) return;
  if (auto request = status_request(entry, turn, now)) turn.writes.push_back(std::move(*request));
}

// As `flux reconcile` asks: compared again now; what failed is tried again without waiting for its interval.
void Dialect::request_reconcile(Entry& entry, Turn& turn) const {
  const std::string& wish = entry.read.requested_at;
  if (wish.empty() || wish == entry.requested || entry.read.suspended) return;
  bool first = entry.requested.empty();
  entry.requested = wish;
  entry.handled = false;
  if (first && entry.object["status"]["lastHandledReconcileAt"].as_string() == wish) {
    entry.handled = true;
    return;
  }
  turn.events.push_back(engine::RefreshRequested{entry.read.key});
  const auto* operation = entry.unit && entry.unit->operation ? &*entry.unit->operation : nullptr;
  bool waits = operation && operation->phase == engine::OperationPhase::kRunning && operation->finished;
  if (!waits) return;
  engine::Operation again = operation->operation;
  again.resources.clear();
  turn.events.push_back(engine::OperationRequested{entry.read.key, std::move(again)});
}

std::optional<Given> Dialect::gather(const Kustomization& read, Turn& turn) {
  Given out;
  if (read.suspended) out.artifact = artifacts_->find(read.source);
  if (!watch_variables(read, turn)) return std::nullopt;
  auto nowhere = take_place(read, out);
  if (read.unsupported) {
    out.hold = read.unsupported;
    return out;
  }
  out.artifact = artifacts_->find(read.source);
  out.hold = check_source(read, out.artifact);
  if (!out.hold) out.hold = check_dependencies(read, out.artifact);
  auto missing = take_variables(read, out);
  if (!missing) missing = take_keys(read, out);
  if (!missing) missing = std::move(nowhere);
  if (!out.hold) out.hold = std::move(missing);
  return out;
}

std::optional<Hold> Dialect::check_source(const Kustomization& read, const std::optional<Artifact>& artifact) const {
  const SourceRef& source = read.source;
  if (std::ranges::find(kSourceKinds, source.kind) == kSourceKinds.end())
    return Hold{std::string(kUnsupportedField), fmt::format("spec.sourceRef.kind: {} is not supported", source.kind), true};
  if (!sources_.contains(source))
    return Hold{"ArtifactFailed", fmt::format("{}.{} \"{}\" not found", source.kind, kSourceGroup, source.name)};
  if (!artifact) return Hold{"ArtifactFailed", "Source artifact not found, retrying in 30s"};
  return std::nullopt;
}

// Each must be there, its status of its latest generation, ready, and of the same revision where it has the same source.
std::optional<Hold> Dialect::check_dependencies(const Kustomization& read, const std::optional<Artifact>& artifact) const {
  if (read.depends_on.empty()) return std::nullopt;
  if (std::string way = needs_.graph().describe_cycle(node_of({"Kustomization", read.self})); !way.empty()) return Hold{"DependencyNotReady", way};
  for (const auto& [kind, name] : read.depends_on) {
    auto hold = [&name = name](std::string_view what) {
      return Hold{"DependencyNotReady", fmt::format("dependency '{}/{}' {}", name.ns, name.name, what)};
    };
    if (kind == "HelmRelease") {
      auto release = releases_.find(name);
      if (release == releases_.end()) return hold(fmt::format("not found: HelmRelease.{} \"{}\" not found", kHelmGroup, name.name));
      if (!release->second) return hold("is not ready");
      continue;
    }
    if (kind == "Application") {
      auto application = applications_.find(name);
      if (application == applications_.end()) return hold(fmt::format("not found: Application.argoproj.io \"{}\" not found", name.name));
      if (!application->second) return hold("is not ready");
      continue;
    }
    auto it = entries_.find(kustomization_key(name.ns, name.name));
    if (it == entries_.end()) return hold(fmt::format("not found: Kustomization.{} \"{}\" not found", kKustomizeGroup, name.name));
    const Value& object = it->second.object;
    if (!is_observed(object) || !is_ready(object)) return hold("is not ready");
    bool same_source = it->second.read.source == read.source && artifact;
    if (same_source && object["status"]["lastAppliedRevision"].as_string() != artifact->revision) return hold("revision is not up to date");
  }
  return std::nullopt;
}

// False until all of them were looked for.
bool Dialect::watch_variables(const Kustomization& read, Turn& turn) {
  bool known = true;
  for (const VariableRef& ref : read.named()) known = watch_one({"", "v1", ref.kind}, read.self.ns, ref.name, turn) && known;
  for (const auto& [kind, name] : read.depends_on)
    if (kind == "Application") known = watch_one(application_gvk(), name.ns, name.name, turn) && known;
  return known;
}

bool Dialect::watch_one(const Gvk& gvk, const std::string& ns, const std::string& name, Turn& turn) {
  std::string key = variables_key(gvk.kind, ns, name);
  if (watching_.insert(key).second) {
    ListOptions only;
    only.ns = ns;
    only.field_selector = fmt::format("{}{}", kNameSelector, name);
    turn.watches.push_back({gvk, only});
  }
  return seen_.contains(key);
}

std::optional<Hold> Dialect::take_variables(const Kustomization& read, Given& given) const {
  for (const VariableRef& ref : read.variables) {
    auto it = variables_.find(variables_key(ref.kind, read.self.ns, ref.name));
    if (it != variables_.end()) {
      given.variables.push_back(plain_data(it->second));
      continue;
    }
    if (ref.optional) continue;
    std::string plural = ref.kind == "Secret" ? "secrets" : "configmaps";
    return Hold{"BuildFailed", fmt::format("substitute from '{}/{}' error: {} \"{}\" not found", ref.kind, ref.name, plural, ref.name)};
  }
  return std::nullopt;
}

std::optional<Hold> Dialect::take_keys(const Kustomization& read, Given& given) const {
  if (read.keys_secret.empty()) return std::nullopt;
  auto it = variables_.find(variables_key("Secret", read.self.ns, read.keys_secret));
  if (it == variables_.end()) return Hold{"BuildFailed", fmt::format("secrets \"{}\" not found", read.keys_secret)};
  given.keys = Value::map({{"name", fmt::format("{}/{}", read.self.ns, read.keys_secret)}, {"data", plain_data(it->second)}});
  return std::nullopt;
}

// Without the account or the Secret objects cannot be deleted as their tenant: as with Flux they stay then.
std::optional<Hold> Dialect::take_place(const Kustomization& read, Given& given) const {
  const Target& target = read.target;
  const std::string& ns = read.self.ns;
  std::string user = account_user(ns, target.account);
  given.lost = !user.empty() && !target.remote() && !variables_.contains(variables_key("ServiceAccount", ns, target.account));
  auto hold = [&](std::string message) {
    given.lost = true;
    return Hold{"ReconciliationFailed", std::move(message)};
  };
  if (!target.secret.empty()) {
    auto it = variables_.find(variables_key("Secret", ns, target.secret));
    std::string name = fmt::format("{}/{}", ns, target.secret);
    if (it == variables_.end())
      return hold(fmt::format("unable to read KubeConfig secret '{}' error: secrets \"{}\" not found", name, target.secret));
    Value data = plain_data(it->second);
    auto key = kubeconfig_key(data, target.key);
    if (!key)
      return hold(fmt::format("KubeConfig secret '{}' does not contain a '{}' key with a kubeconfig", name, target.key.empty() ? "value" : target.key));
    given.place.cluster = name + '/' + *key;
    given.place.kubeconfig = data[*key].str();
  } else if (!target.config_map.empty()) {
    auto it = variables_.find(variables_key("ConfigMap", ns, target.config_map));
    if (it == variables_.end())
      return hold(fmt::format("failed to get configmap {0}/{1}: configmaps \"{1}\" not found", ns, target.config_map));
    auto place = place_of_config_map(it->second);
    if (!place) return hold(place.error().message());
    given.place = std::move(*place);
  }
  given.place.user = std::move(user);
  return std::nullopt;
}

engine::Dialect::Place Dialect::place(const engine::UnitKey& unit) const {
  auto it = entries_.find(unit);
  return it == entries_.end() ? Place() : it->second.given.place;
}

engine::Dialect::Turn Dialect::tell(const engine::WriteStatus& effect, Time now) {
  Turn turn;
  auto it = entries_.find(effect.unit);
  if (it == entries_.end()) return turn;
  it->second.unit = effect.status;
  if (effect.clear_refresh) it->second.handled = true;
  turn.status = status_request(it->second, turn, now);
  return turn;
}

std::optional<WriteRequest> Dialect::status_request(Entry& entry, Turn& turn, Time now) {
  if (entry.read.suspended || entry.read.deleting || !entry.unit) return std::nullopt;
  if (entry.given.hold || entry.unit->load_error) entry.handled = true;
  auto output = kustomization_status({entry.object, entry.read, entry.given, *entry.unit, now, entry.handled}, entry.progress);
  entry.look_at = output.wake;
  for (const flux::Note& note : output.notes) turn.notes.push_back(event_of(entry.object, note));
  if (output.status == entry.object["status"]) return std::nullopt;
  Value patch = make_merge_patch(entry.object["status"], output.status);
  return patch_request(entry.read, Value::map({{"status", std::move(patch)}}), "status");
}

engine::Dialect::Turn Dialect::tell(const engine::ReleaseUnit& effect) {
  Turn turn;
  auto it = entries_.find(effect.unit);
  if (it == entries_.end()) return turn;
  turn.status = patch_request(it->second.read, without_finalizer(it->second.object), "");
  return turn;
}

void Dialect::wrote(const WriteRequest& request, const Result<WriteResult>& result, Time now) {
  auto it = entries_.find(kustomization_key(request.ref.ns, request.ref.name));
  if (it == entries_.end()) return;
  Entry& entry = it->second;
  if (result) {
    if (request.subresource.empty()) entry.asked = false;
    if (older(result->object, entry.object)) return;
    entry.object = result->object;
    entry.read = read_kustomization(entry.object, tenancy_);
    return;
  }
  if (result.error().code() == Code::kNotFound) return;
  if (result.error().code() != Code::kConflict)
    log::warn("Kustomization {}/{} could not be written: {}", request.ref.ns, request.ref.name, result.error().message());
  entry.asked = false;
  entry.progress.recorded.clear();  // what was to be in the history is not
  entry.look_at = now + kRetry;
}

}  // namespace taut::flux
