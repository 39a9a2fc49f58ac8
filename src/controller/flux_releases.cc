#include "controller/flux_releases.hh"

#include <algorithm>

#include "controller/due_loop.hh"
#include "dialect/flux/conditions.hh"
#include "dialect/flux/source.hh"
#include "render/machine_environment.hh"

namespace taut::controller {
namespace {

using flux::HelmEnd;
using flux::ObjectName;
using flux::SourceRef;

constexpr std::string_view kChartKinds[] = {"HelmChart", "OCIRepository"};
constexpr std::string_view kValueKinds[] = {"ConfigMap", "Secret"};
constexpr size_t kMostReached = 256;
constexpr const char* kWatched = "reconcile.fluxcd.io/watch=Enabled";

ObjectName name_in(const Value& object) { return {std::string(namespace_of(object)), std::string(name_of(object))}; }

// Whether the two ask for the same release.
bool same_wish(const Value& a, const Value& b) {
  return a["spec"] == b["spec"] && a["metadata"]["uid"] == b["metadata"]["uid"] && a["metadata"]["deletionTimestamp"] == b["metadata"]["deletionTimestamp"];
}

bool same_request(const Value& a, const Value& b) { return annotation_of(a, flux::kRequestedAt) == annotation_of(b, flux::kRequestedAt); }

bool is_ready(const Value& object) {
  return object["status"]["observedGeneration"] == object["metadata"]["generation"] &&
         flux::condition_of(object, flux::kReady)["status"].as_string() == "True";
}

bool names_values(const Value& object, const Gvk& gvk, const Value& values) {
  if (namespace_of(object) != namespace_of(values)) return false;
  return std::ranges::any_of(object["spec"]["valuesFrom"].items(),
                             [&](const Value& ref) { return ref["kind"].as_string() == gvk.kind && ref["name"].as_string() == name_of(values); });
}

}  // namespace

FluxReleases::FluxReleases(FluxReleaseOptions options, Cluster& cluster, const flux::Artifacts& artifacts, const Clock& clock)
    : options_(std::move(options)), cluster_(cluster), artifacts_(artifacts), clock_(clock), needs_(options_.graph), pool_(std::max<size_t>(1, options_.processors)) {}

FluxReleases::~FluxReleases() { stop(); }

void FluxReleases::start() {
  thread_ = std::thread([this] { loop(); });
  needs_.on_told([this] {
    pool_.run([this] {
      std::lock_guard lock(mutex_);
      hurry_concerned(needs_.take());
    });
  });
  for (std::string_view kind : kChartKinds) {
    Gvk gvk = flux::source_gvk(kind);
    watches_.push_back(cluster_.watch(gvk, {}, [this, gvk](WatchEvent event) { take_source(gvk, event); }));
  }
  for (std::string_view kind : kValueKinds) {
    Gvk gvk{"", "v1", std::string(kind)};
    ListOptions labelled;
    labelled.label_selector = kWatched;
    watches_.push_back(cluster_.watch(gvk, labelled, [this, gvk](WatchEvent event) { take_values(gvk, event); }));
  }
  watches_.push_back(cluster_.watch(flux::kustomization_gvk(), {}, [this](WatchEvent event) { take_kustomization(event); }));
  auto releases = cluster_.watch(flux::helm_release_gvk(), {}, [this](WatchEvent event) { take(event); });
  std::lock_guard lock(mutex_);  // what is watched may have others watched
  watches_.push_back(std::move(releases));
}

void FluxReleases::stop() {
  needs_.on_told({});
  std::vector<std::unique_ptr<Watch>> watches;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    watches.swap(watches_);
    changed_.notify_all();
  }
  watches.clear();
  if (thread_.joinable()) thread_.join();
  pool_.stop();
}

void FluxReleases::take(const WatchEvent& event) {
  if (!event.object.is_map()) return;
  std::lock_guard lock(mutex_);
  changed_.notify_all();
  ObjectName name = name_in(event.object);
  if (event.type == WatchEvent::Type::kDeleted) {
    entries_.erase(name);
    note_needs({"HelmRelease", name}, {});
    return;
  }
  auto [it, fresh] = entries_.try_emplace(name);
  Entry& entry = it->second;
  bool other = fresh || !same_wish(entry.object, event.object);
  if (other || !same_request(entry.object, event.object)) {
    entry.due = Time{};
    entry.hurried = true;
    entry.failures = 0;
  }
  if (other && entry.run && !same_wish(entry.works_on, event.object)) entry.run->interrupt();
  bool became_ready = is_ready(event.object) && !is_ready(entry.object);
  entry.object = event.object;
  entry.read = flux::read_helm_release(entry.object, options_.tenancy);
  note_needs({"HelmRelease", name}, entry.read.depends_on);
  for (const auto& [kind, needed] : entry.read.depends_on)
    if (kind == "Application" && followed_.insert(needed).second) pool_.run([this, needed = needed] { follow_application(needed); });
  if (became_ready) hurry_dependents({"HelmRelease", name});
}

void FluxReleases::hurry_dependents(const flux::Dependency& on) {
  hurry([&](const Entry& waiting) { return std::ranges::find(waiting.read.depends_on, on) != waiting.read.depends_on.end(); });
}

// With the lock held, as what it hurries.
void FluxReleases::note_needs(const flux::Dependency& object, const std::vector<flux::Dependency>& needs) {
  auto concerned = needs_.set(flux::node_of(object), flux::nodes_of(needs));
  concerned.merge(needs_.take());
  hurry_concerned(concerned);
}

// With the lock held: those who may be part of a cycle now, or no more.
void FluxReleases::hurry_concerned(const std::set<std::string>& nodes) {
  if (nodes.empty()) return;
  hurry([&](const Entry& entry) { return nodes.contains(flux::node_of({"HelmRelease", entry.read.self})); });
}

void FluxReleases::take_kustomization(const WatchEvent& event) {
  if (!event.object.is_map()) return;
  ObjectName name = name_in(event.object);
  bool gone = event.type == WatchEvent::Type::kDeleted, ready = !gone && is_ready(event.object);
  std::lock_guard lock(mutex_);
  note_needs({"Kustomization", name}, gone ? std::vector<flux::Dependency>() : flux::read_dependencies(event.object["spec"], name.ns, "Kustomization"));
  if (!ready)
    ready_.erase(name);
  else if (ready_.insert(name).second)
    hurry_dependents({"Kustomization", name});
}

void FluxReleases::follow_application(const ObjectName& name) {
  ListOptions only;
  only.ns = name.ns;
  only.field_selector = "metadata.name=" + name.name;
  auto watch = cluster_.watch(flux::application_gvk(), only, [this, name](const WatchEvent& event) {
    if (!event.object.is_map() || event.type == WatchEvent::Type::kDeleted || !flux::is_settled(event.object)) return;
    std::lock_guard lock(mutex_);
    hurry_dependents({"Application", name});
  });
  std::lock_guard lock(mutex_);
  if (!stopping_) watches_.push_back(std::move(watch));
}

// With the lock held.
template <class Concerns>
void FluxReleases::hurry(Concerns&& concerns) {
  for (auto& [name, entry] : entries_) {
    if (!concerns(entry)) continue;
    entry.hurried = true;
    if (!entry.run) entry.due = Time{};
  }
  changed_.notify_all();
}

void FluxReleases::changed(const SourceRef& source) {
  std::lock_guard lock(mutex_);
  hurry([&](const Entry& entry) { return entry.read.source == source; });
}

// What a source says of itself counts, not when it said it.
void FluxReleases::take_source(const Gvk& gvk, const WatchEvent& event) {
  if (!event.object.is_map()) return;
  ObjectName name = name_in(event.object);
  SourceRef ref{gvk.kind, name.ns, name.name};
  std::lock_guard lock(mutex_);
  const Value& status = event.object["status"];
  Value said = Value::list({status["artifact"]["revision"], status["artifact"]["digest"], status["observedGeneration"], status["conditions"]});
  if (event.type == WatchEvent::Type::kDeleted) said = Value();
  Value& held = sources_[ref];
  if (held == said) return;
  held = std::move(said);
  hurry([&](const Entry& entry) { return entry.read.source == ref; });
}

void FluxReleases::take_values(const Gvk& gvk, const WatchEvent& event) {
  if (!event.object.is_map() || event.type == WatchEvent::Type::kDeleted) return;
  std::lock_guard lock(mutex_);
  hurry([&](const Entry& entry) { return names_values(entry.object, gvk, event.object); });
}

void FluxReleases::loop() {
  run_due(mutex_, changed_, stopping_, clock_, entries_, [this](const ObjectName& name, Entry& entry) {
    if (!entry.run) entry.run = begin(entry);
    pool_.run([this, name, run = entry.run] { work(name, run); });
  });
}

std::shared_ptr<flux::HelmRun> FluxReleases::begin(Entry& entry) {
  flux::HelmWorld world{.cluster = cluster_, .artifacts = artifacts_, .cache = cache_, .random = render::fill_random, .tenancy = options_.tenancy};
  world.graph = options_.graph.get();
  world.reach = [this](const engine::Dialect::Place& place) { return reach(place); };
  world.note = [this](const Value& object, const flux::Note& note) {
    if (options_.record_note) options_.record_note(flux::event_of(object, note));
  };
  entry.works_on = entry.object;
  entry.hurried = false;
  return std::make_shared<flux::HelmRun>(std::move(world), entry.object);
}

// Connections are kept from one look to the next.
Result<std::shared_ptr<Cluster>> FluxReleases::reach(const engine::Dialect::Place& place) {
  if (!options_.open) return fail(Code::kUnsupported, "other clusters are not served");
  std::lock_guard lock(mutex_);
  auto& cluster = reached_[place.name() + ' ' + place.user];
  if (cluster) return cluster;
  auto opened = options_.open(place);
  if (opened) return cluster = *opened;
  reached_.erase(place.name() + ' ' + place.user);
  return opened;
}

void FluxReleases::work(const ObjectName& name, const std::shared_ptr<flux::HelmRun>& run) {
  auto again = run->step(clock_.now());
  std::lock_guard lock(mutex_);
  changed_.notify_all();
  auto it = entries_.find(name);
  if (it == entries_.end() || it->second.run != run) return;
  Entry& entry = it->second;
  entry.busy = false;
  if (again)
    entry.due = *again;
  else
    conclude(entry, run->end(), clock_.now());
}

void FluxReleases::conclude(Entry& entry, const HelmEnd& end, Time now) {
  entry.run.reset();
  if (reached_.size() > kMostReached) std::erase_if(reached_, [](const auto& one) { return one.second.use_count() == 1; });
  bool fails = end.kind == HelmEnd::Kind::kAgain || end.kind == HelmEnd::Kind::kFailed;
  entry.failures = fails ? entry.failures + 1 : 0;
  bool timed = end.kind == HelmEnd::Kind::kDone || end.kind == HelmEnd::Kind::kWaiting;
  if (entry.hurried || !same_wish(entry.works_on, entry.object))
    entry.due = Time{};
  else if (timed)
    entry.due = now + (end.kind == HelmEnd::Kind::kDone ? flux::jittered(end.after, name_of(entry.object)) : end.after);
  else
    entry.due = fails ? now + flux::source_retry(entry.failures) : Time::max();
}

}  // namespace taut::controller
