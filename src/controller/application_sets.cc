#include "controller/application_sets.hh"

#include <algorithm>

#include "base/log.hh"
#include "base/strings.hh"
#include "controller/generator_world.hh"
#include "controller/versions.hh"
#include "dialect/argo/application.hh"
#include "dialect/argo/repository_secret.hh"
#include "value/patch.hh"

namespace taut::controller {
namespace {

using argo::appset::Applications;

constexpr std::string_view kRefresh = "argocd.argoproj.io/application-set-refresh";
constexpr size_t kKinds = 4;  // that are watched

Gvk set_gvk() { return {std::string(argo::kGroup), std::string(argo::kVersion), "ApplicationSet"}; }

template <class Map>
std::vector<Value> values_of(const Map& map) {
  std::vector<Value> out;
  for (const auto& [name, value] : map) out.push_back(value);
  return out;
}

std::set<std::string> changed_specs(const argo::appset::Work& work) {
  std::set<std::string> out;
  for (const auto& update : work.update)
    if (update.patch.contains("spec")) out.insert(update.name);
  return out;
}

// The syncs that a rollout starts go into the updates.
void add_syncs(const argo::appset::Rollout& rollout, const Applications& wanted, const std::set<std::string>& pruned, argo::appset::Work& work) {
  for (const std::string& name : rollout.sync) {
    auto application = std::ranges::find(wanted.list, name, [](const Value& one) { return name_of(one); });
    if (application == wanted.list.end()) continue;
    auto update = std::ranges::find(work.update, name, &argo::appset::Update::name);
    if (update == work.update.end()) update = work.update.insert(update, {name, Value::map({})});
    update->patch.set("operation", argo::appset::rollout_operation(*application, pruned.contains(name)));
  }
}

// What a set looks at of an Application: nobody sees the status of one that is not a set's.
Value trimmed(Value application) {
  application.edit("metadata").erase("managedFields");
  if (application["metadata"]["ownerReferences"].empty()) application.erase("status");
  return application;
}

bool gone(const WatchEvent& event) { return event.type == WatchEvent::Type::kDeleted; }

// DefaultPolicy of Argo CD (applicationset/utils, v3.5).
Value with_policy(Value set, const ApplicationSetOptions& options) {
  bool own = !set["spec"]["syncPolicy"]["applicationsSync"].empty();
  if (!options.policy.empty() && !(own && options.policy_yields)) set.edit("spec").edit("syncPolicy").set("applicationsSync", options.policy);
  return set;
}

// Whose credentials open the repositories of its generators: those of the project of its Applications, unless that differs
// between them (resolveProjectName of Argo CD v3.5).
std::string project_of(const Value& set) {
  std::string name = set["spec"]["template"]["spec"]["project"].str();
  return contains(name, "{{") ? std::string() : name;
}

}  // namespace

ApplicationSets::ApplicationSets(ApplicationSetOptions options, Cluster& cluster, Repositories& repositories, const Clock& clock)
    : options_(std::move(options)), cluster_(cluster), repositories_(repositories), clock_(clock) {}

ApplicationSets::~ApplicationSets() { stop(); }

void ApplicationSets::start() {
  ListOptions here;
  here.ns = options_.control_namespace;
  ListOptions clusters = here;
  clusters.label_selector = std::string(argo::kSecretTypeLabel) + "=cluster";
  thread_ = std::thread([this] { loop(); });
  watch(argo::project_gvk(), here, &ApplicationSets::project_changed);
  watch({"", "v1", "Secret"}, clusters, &ApplicationSets::secret_changed);
  watch(argo::application_gvk(), here, &ApplicationSets::application_changed);
  watch(set_gvk(), here, &ApplicationSets::set_changed);
}

void ApplicationSets::stop() {
  watches_.clear();
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void ApplicationSets::watch(Gvk gvk, ListOptions options, void (ApplicationSets::*changed)(const WatchEvent& event)) {
  watches_.push_back(cluster_.watch(gvk, options, [this, gvk, changed](WatchEvent event) {
    std::lock_guard lock(mutex_);
    if (event.type == WatchEvent::Type::kSynced)
      listed_.insert(gvk.kind);
    else if (event.type != WatchEvent::Type::kFailed)
      (this->*changed)(event);
    changed_.notify_all();
  }));
}

void ApplicationSets::look_at(Entry& entry, bool generate) {
  entry.due = Time{};
  if (!generate) return;
  entry.made.reset();
  ++entry.asked;
}

void ApplicationSets::look_at_all(bool generate) {
  for (auto& [name, entry] : sets_) look_at(entry, generate);
}

void ApplicationSets::set_changed(const WatchEvent& event) {
  std::string name(name_of(event.object));
  if (gone(event)) {
    sets_.erase(name);
    return;
  }
  Entry& entry = sets_[name];
  if (older(event.object, entry.object)) return;
  bool asked = !annotation_of(event.object, kRefresh).empty();
  bool same = entry.object["spec"] == event.object["spec"] && entry.object["metadata"]["uid"] == event.object["metadata"]["uid"];
  bool going = event.object["metadata"].contains("deletionTimestamp");
  entry.object = event.object;
  if (asked || !same || going) look_at(entry, !going);
}

// What a set wrote itself comes back here too, and changes nothing.
void ApplicationSets::application_changed(const WatchEvent& event) {
  std::string name(name_of(event.object));
  Value before = applications_[name];
  if (gone(event))
    applications_.erase(name);
  else if (!older(event.object, before))
    applications_[name] = options_.interner->share(trimmed(event.object));
  for (auto& [set, entry] : sets_)  // a watch may tell no more of what is gone than its name
    if (argo::appset::owns(entry.object, gone(event) ? before : event.object)) look_at(entry, false);
}

void ApplicationSets::project_changed(const WatchEvent& event) {
  std::string name(name_of(event.object));
  bool known = projects_.contains(name);
  if (gone(event))
    projects_.erase(name);
  else
    projects_[name] = event.object;
  if (gone(event) || !known) look_at_all(true);
}

void ApplicationSets::secret_changed(const WatchEvent& event) {
  std::string name(name_of(event.object));
  if (gone(event))
    secrets_.erase(name);
  else
    secrets_[name] = event.object;
  look_at_all(true);
}

void ApplicationSets::notify(const std::string& repo) {
  std::lock_guard lock(mutex_);
  for (auto& [name, entry] : sets_)
    if (entry.repositories.contains(repo) || name == busy_) look_at(entry, true);
  changed_.notify_all();
}

void ApplicationSets::pushed(const argo::Push& push) {
  std::lock_guard lock(mutex_);
  for (auto& [name, entry] : sets_)
    if (argo::push_concerns_set(entry.object, push)) look_at(entry, true);
  changed_.notify_all();
}

void ApplicationSets::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    auto next = std::ranges::min_element(sets_, {}, [](const auto& set) { return set.second.due; });
    if (listed_.size() < kKinds || next == sets_.end()) {
      changed_.wait(lock);
      continue;
    }
    Time now = clock_.now();
    if (next->second.due > now) {
      changed_.wait_for(lock, std::min<Duration>(next->second.due - now, std::chrono::hours(1)));
      continue;
    }
    busy_ = next->first;
    lock.unlock();
    reconcile(busy_);
    lock.lock();
    busy_.clear();
  }
}

void ApplicationSets::reconcile(const std::string& name) {
  Value set;
  std::optional<Applications> made;
  uint64_t asked = 0;
  std::set<std::string> projects;
  std::vector<Value> secrets;
  {
    std::lock_guard lock(mutex_);
    auto it = sets_.find(name);
    if (it == sets_.end()) return;
    Entry& entry = it->second;
    entry.due = Time::max();
    if (entry.generate_again <= clock_.now()) entry.made.reset();
    set = with_policy(entry.object, options_);
    made = entry.made;
    asked = entry.asked;
    for (const auto& [project, object] : projects_) projects.insert(project);
    secrets = values_of(secrets_);
  }
  if (set["metadata"].contains("deletionTimestamp")) return take_leave(set);
  keep_finalizer(set);
  GeneratorWorld world(options_, cluster_, repositories_, project_of(set), secrets, projects);
  bool generated = !made;
  if (generated) made = argo::appset::applications_of(set, world);
  auto permitted = [&](const Value& application) -> std::string {
    std::string project = application["spec"]["project"].str();
    if (project == "default" || projects.contains(project)) return {};
    return fmt::format("application references project {} which does not exist", project);
  };
  Applications wanted = *made;
  bool rolling = options_.progressive_syncs && argo::appset::rolls(set) && !wanted.error;
  std::set<std::string> pruned;
  if (rolling) pruned = argo::appset::hold_back(wanted.list);
  argo::appset::Work work = argo::appset::work_for(set, wanted, applications(), permitted);
  std::optional<argo::appset::Rollout> rollout;
  if (rolling) {
    rollout = argo::appset::roll_out(set, wanted.list, owned(set), changed_specs(work), clock_.now());
    add_syncs(*rollout, wanted, pruned, work);
  }
  std::string failed = carry_out(work);
  if (!failed.empty() && work.error.empty()) {
    work.error = failed;
    work.reason = "UpdateApplicationError";
  }
  if (!work.error.empty()) log::warn("ApplicationSet {}: {}", name, work.error);
  write_status(set, *made, work, rollout ? &*rollout : nullptr);

  std::lock_guard lock(mutex_);
  auto it = sets_.find(name);
  if (it == sets_.end()) return;
  Entry& entry = it->second;
  Time now = clock_.now();
  if (generated) {
    if (entry.asked == asked) entry.made = made;  // unless something changed meanwhile
    entry.repositories = world.asked;
    auto poll = poll_of(set["spec"]["generators"], options_.poll_interval);
    if (made->error) poll = options_.retry_interval;
    entry.generate_again = poll ? now + *poll : Time::max();
  }
  entry.due = std::min(entry.due, entry.generate_again);
  if (!failed.empty()) entry.due = std::min(entry.due, now + options_.retry_interval);
  if (rollout && rollout->again) entry.due = std::min(entry.due, *rollout->again);
  // Each look moves an Application by one state: once that is written the next may follow.
  bool moved = rollout && rollout->statuses != set["status"]["applicationStatus"];
  if (moved) entry.due = entry.object["status"]["applicationStatus"] == rollout->statuses ? Time{} : std::min(entry.due, now + options_.retry_interval);
}

std::vector<Value> ApplicationSets::applications() const {
  std::lock_guard lock(mutex_);
  return values_of(applications_);
}

// What the server answers is taken as seen, so that nothing is done twice before the watch tells of it.
std::string ApplicationSets::carry_out(const argo::appset::Work& work) {
  std::string failed;
  auto take = [&](const Result<WriteResult>& result, std::string_view name) {
    if (!result) {
      if (failed.empty()) failed = fmt::format("Application {}: {}", name, result.error().message());
      return;
    }
    std::lock_guard lock(mutex_);
    if (Value& held = applications_[std::string(name)]; !older(result->object, held)) held = options_.interner->share(trimmed(result->object));
  };
  WriteRequest request;
  request.field_manager = "argocd-applicationset-controller";
  for (const Value& application : work.create) {
    request.verb = WriteVerb::kCreate;
    request.ref = {argo::application_gvk(), options_.control_namespace, std::string(name_of(application))};
    request.body = application;
    take(cluster_.write(request), name_of(application));
  }
  for (const auto& [name, patch] : work.update) {
    request.verb = WriteVerb::kMergePatch;
    request.ref = {argo::application_gvk(), options_.control_namespace, name};
    request.body = patch;
    take(cluster_.write(request), name);
  }
  for (const auto& [name, uid] : work.remove) {
    DeleteOptions options;
    options.uid = uid;
    auto removed = cluster_.remove({argo::application_gvk(), options_.control_namespace, name}, options);
    bool over = removed || removed.error().code() == Code::kNotFound;
    if (!over && failed.empty()) failed = fmt::format("Application {}: {}", name, removed.error().message());
  }
  return failed;
}

std::vector<Value> ApplicationSets::owned(const Value& set) const {
  std::vector<Value> out = applications();
  std::erase_if(out, [&](const Value& application) { return !argo::appset::owns(set, application); });
  return out;
}

void ApplicationSets::patch_set(const Value& set, Value metadata) {
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = {set_gvk(), options_.control_namespace, std::string(name_of(set))};
  request.field_manager = "argocd-applicationset-controller";
  request.body = Value::map({{"metadata", std::move(metadata)}});
  auto written = cluster_.write(request);
  if (!written && written.error().code() != Code::kNotFound)
    log::warn("ApplicationSet {}: {}", name_of(set), written.error().message());
}

// A set that deletes in reverse order must not go before its Applications.
void ApplicationSets::keep_finalizer(const Value& set) {
  if (!argo::appset::deletes_in_reverse(set)) return;
  Value finalizers = set["metadata"]["finalizers"].is_list() ? set["metadata"]["finalizers"] : Value::list();
  for (const Value& finalizer : finalizers.items())
    if (finalizer.as_string() == argo::kResourcesFinalizer) return;
  finalizers.push_back(std::string(argo::kResourcesFinalizer));
  patch_set(set, Value::map({{"finalizers", finalizers}}));
}

// A set that is being deleted. Kubernetes' garbage collector removes what it owns; a policy that forbids that lets the
// Applications go free first, and a reverse order removes them one by one. Both need the finalizer, as in Argo CD.
void ApplicationSets::take_leave(const Value& set) {
  Value finalizers = Value::list();
  bool held = false;
  for (const Value& finalizer : set["metadata"]["finalizers"].items()) {
    bool ours = finalizer.as_string() == argo::kResourcesFinalizer;
    held = held || ours;
    if (!ours) finalizers.push_back(finalizer);
  }
  if (!held) return;
  argo::appset::Work work;
  if (!argo::appset::may_remove(set)) {
    for (const Value& application : owned(set))
      work.update.push_back({std::string(name_of(application)), argo::appset::release_patch(application, set)});
  } else if (argo::appset::deletes_in_reverse(set)) {
    auto reverse = argo::appset::next_removal(set, owned(set));
    if (reverse.next) work.remove.push_back(*reverse.next);
    if (reverse.left) finalizers = nullptr;
  } else {
    return;
  }
  std::string failed = carry_out(work);
  if (!failed.empty()) {
    log::warn("ApplicationSet {}: {}", name_of(set), failed);
    std::lock_guard lock(mutex_);
    if (auto it = sets_.find(std::string(name_of(set))); it != sets_.end()) it->second.due = clock_.now() + options_.retry_interval;
    return;
  }
  if (finalizers.is_list()) patch_set(set, Value::map({{"finalizers", finalizers}}));
}

void ApplicationSets::write_status(const Value& set, const Applications& made, const argo::appset::Work& work, const argo::appset::Rollout* rollout) {
  Value status = argo::appset::status_of(set, work.error, work.reason, !made.error, applications(), clock_.now(), rollout);
  Value patch = Value::map({});
  if (Value changes = make_merge_patch(set["status"].is_map() ? set["status"] : Value::map({}), status); !changes.empty())
    patch.set("status", changes);
  if (!annotation_of(set, kRefresh).empty()) patch.edit("metadata").edit("annotations").set(kRefresh, nullptr);
  if (patch.empty()) return;
  std::string name(name_of(set));
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = {set_gvk(), options_.control_namespace, name};
  request.field_manager = "argocd-applicationset-controller";
  // The status is a subresource; the annotation is not.
  for (std::string_view part : {"status", "metadata"}) {
    if (!patch.contains(part)) continue;
    request.subresource = part == "status" ? "status" : "";
    request.body = Value::map({{part, patch[part]}});
    auto written = cluster_.write(request);
    if (!written && written.error().code() != Code::kNotFound)
      log::warn("ApplicationSet {}: its status could not be written: {}", name, written.error().message());
    std::lock_guard lock(mutex_);
    if (auto it = sets_.find(name); written && it != sets_.end() && !older(written->object, it->second.object)) it->second.object = written->object;
  }
}

}  // namespace taut::controller
