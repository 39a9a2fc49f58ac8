#include "controller/registry.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.hh"
#include "controller/versions.hh"
#include "dialect/argo/orphans.hh"
#include "dialect/argo/project_check.hh"
#include "dialect/argo/tracking.hh"
#include "port/repositories.hh"

namespace taut::controller {
namespace {

std::string project_of(const Value& application) {
  std::string name = application["spec"]["project"].str();
  return name.empty() ? "default" : name;
}

std::string node_of(const Value& application) {
  return engine::dependency_node("Application", namespace_of(application), name_of(application));
}

// What is to be watched of an object of another dialect.
Registry::Watched watch_of(const argo::Dependency& need) {
  ListOptions one;
  one.ns = need.ns;
  one.field_selector = "metadata.name=" + need.name;
  return {need.gvk, one};
}

}  // namespace

Registry::Registry(std::string control_namespace, std::vector<std::string> namespaces, std::shared_ptr<engine::DependencyGraph> graph)
    : control_namespace_(std::move(control_namespace)),
      namespaces_(std::move(namespaces)),
      graph_(graph ? std::move(graph) : std::make_shared<engine::DependencyGraph>()) {}

std::vector<Told> Registry::dependencies_changed() {
  std::vector<Told> events;
  if (ready()) tell_concerned(events);
  return events;
}

std::vector<Registry::Watched> Registry::watched() const {
  ListOptions here;
  here.ns = control_namespace_;
  ListOptions settings = here;
  settings.field_selector = fmt::format("metadata.name={}", argo::kSettingsName);
  ListOptions clusters = here;
  ListOptions applications = here;
  if (!namespaces_.empty()) applications.ns.clear();
  clusters.label_selector = std::string(argo::kProjectSecrets);
  return {{argo::project_gvk(), here},
          {{"", "v1", "ConfigMap"}, settings},
          {{"", "v1", "Secret"}, clusters},
          {argo::application_gvk(), applications}};
}

std::vector<Told> Registry::changed(const Gvk& gvk, const WatchEvent& event) {
  std::vector<Told> events;
  if (event.type == WatchEvent::Type::kFailed) return events;
  if (!gvk.group.empty() && gvk.group != argo::kGroup) {
    dependency_changed(gvk, event, events);
    return events;
  }
  if (event.type == WatchEvent::Type::kSynced) {
    bool before = ready();
    listed_.insert(gvk.kind);
    if (!before && ready()) tell_all(events, nullptr);
  } else if (gvk.kind == "Application") {
    application_changed(event, events);
  } else if (gvk.kind == "AppProject") {
    project_changed(event, events);
  } else if (gvk.kind == "Secret") {
    bool cluster = label_of(event.object, argo::kSecretTypeLabel) == "cluster" || secrets_.contains(std::string(name_of(event.object)));
    cluster ? cluster_changed(event, events) : repository_changed(event, events);
  } else {
    settings_changed(event, events);
  }
  if (ready()) tell_concerned(events);
  return events;
}

bool Registry::may_hold_applications(std::string_view ns) const {
  return ns == control_namespace_ || std::ranges::any_of(namespaces_, [&](const auto& pattern) { return argo::namespace_matches(pattern, ns); });
}

void Registry::application_changed(const WatchEvent& event, std::vector<Told>& events) {
  if (!may_hold_applications(namespace_of(event.object))) return;
  engine::UnitKey key = argo::unit_key(event.object);
  if (event.type == WatchEvent::Type::kDeleted) {
    auto it = applications_.find(key);
    if (it == applications_.end()) return;
    if (it->second.told) events.push_back({*it->second.told, engine::UnitGone{key}});
    it->second.object.edit("metadata").erase("annotations");
    note_needs(it->second);
    applications_.erase(it);
    tell_dependents(node_of(event.object), events);
    return;
  }
  Entry& entry = applications_[key];
  if (older(event.object, entry.object)) return;
  if (entry.object.is_null()) entry.orphans = argo::orphans_told(event.object);
  entry.object = event.object;
  bool was = std::exchange(entry.ready, argo::is_ready(entry.object));
  if (!ready()) return;
  tell(entry, events);
  if (was != entry.ready) tell_dependents(node_of(entry.object), events);
}

void Registry::project_changed(const WatchEvent& event, std::vector<Told>& events) {
  std::string name(name_of(event.object));
  if (event.type == WatchEvent::Type::kDeleted) {
    projects_.erase(name);
  } else {
    projects_[name] = event.object;
    if (auto valid = argo::check_project(event.object); !valid) log::warn("AppProject {}: {}", name, valid.error().message());
  }
  whole_projects_.clear();
  // What others inherit from changes them too.
  bool global = std::ranges::any_of(settings_.global_projects, [&](const auto& one) { return one.name == name; });
  if (ready()) tell_all(events, global ? nullptr : &name);
}

void Registry::settings_changed(const WatchEvent& event, std::vector<Told>& events) {
  if (name_of(event.object) != argo::kSettingsName) return;
  whole_projects_.clear();
  settings_ = argo::read_settings(event.type == WatchEvent::Type::kDeleted ? Value() : event.object);
  for (const std::string& error : settings_.errors) log::warn("ConfigMap {}: {}", argo::kSettingsName, error);
  if (ready()) tell_all(events, nullptr);
}

void Registry::cluster_changed(const WatchEvent& event, std::vector<Told>& events) {
  std::string name(name_of(event.object));
  if (event.type == WatchEvent::Type::kDeleted) {
    secrets_.erase(name);
  } else {
    secrets_[name] = argo::read_cluster_secret(event.object);
    if (const auto& error = secrets_[name].error) log::warn("{}", error->message());
  }
  whole_projects_.clear();
  name_clusters();
  if (ready()) tell_all(events, nullptr);
}

void Registry::repository_changed(const WatchEvent& event, std::vector<Told>& events) {
  std::string name(name_of(event.object));
  argo::ProjectRepository before;
  if (auto it = repositories_.find(name); it != repositories_.end()) before = it->second;
  argo::ProjectRepository now;
  if (event.type != WatchEvent::Type::kDeleted) now = argo::project_repository(event.object);
  if (now.project.empty())
    repositories_.erase(name);
  else
    repositories_[name] = now;
  if (now == before) return;
  whole_projects_.clear();
  repository_list_.clear();
  for (const auto& [secret, repository] : repositories_) repository_list_.push_back(repository);
  if (!ready()) return;
  if (!before.project.empty()) tell_all(events, &before.project);
  if (!now.project.empty()) tell_all(events, &now.project);
}

// The project with the repositories and clusters that belong to it, and with what it inherits; null when there is none
// of that name (GetAppProjectByName of Argo CD).
const Value& Registry::project_called(const std::string& name) const {
  auto [known, fresh] = whole_projects_.try_emplace(name);
  if (fresh) known->second = make_project(name);
  return known->second;
}

Value Registry::make_project(const std::string& name) const {
  auto find = [&](const std::string& wanted) {
    auto it = projects_.find(wanted);
    return it == projects_.end() ? Value() : it->second;
  };
  Value project = find(name);
  if (project.is_null()) return project;
  auto add = [&](const char* field, Value item) {
    Value list = project["spec"][field].is_list() ? project["spec"][field] : Value::list();
    list.push_back(std::move(item));
    project.edit("spec").set(field, std::move(list));
  };
  for (const auto& [secret, repository] : repositories_)
    if (repository.project == name) add("sourceRepos", repository.url);
  for (const auto& [secret, cluster] : secrets_) {
    if (cluster.project != name) continue;
    std::vector<std::string> namespaces = cluster.namespaces;
    if (namespaces.empty()) namespaces = {"*"};
    for (const std::string& ns : namespaces) add("destinations", Value::map({{"server", cluster.server}, {"namespace", ns}}));
  }
  return argo::with_inherited(std::move(project), settings_.global_projects, find);
}

// A Secret may give the local cluster another name; of two Secrets for one server the first holds.
void Registry::name_clusters() {
  clusters_ = {{std::string(argo::kLocalServer), std::string(argo::kLocalName), {}}};
  std::set<std::string> servers;
  for (const auto& [name, secret] : secrets_) {
    if (secret.server.empty() || !servers.insert(secret.server).second) continue;
    if (secret.local())
      clusters_.front() = {std::string(argo::kLocalServer), secret.name, secret.project};
    else
      clusters_.push_back({secret.server, secret.name, secret.project});
  }
}

std::vector<argo::ClusterSecret> Registry::clusters() const {
  std::vector<argo::ClusterSecret> out;
  std::set<std::string> servers;
  for (const auto& [name, secret] : secrets_)
    if (!secret.server.empty() && !secret.local() && servers.insert(secret.server).second) out.push_back(secret);
  return out;
}

// An application that goes to another cluster than before is gone from the first: its objects stay there, as with
// Argo CD.
void Registry::tell(Entry& entry, std::vector<Told>& events) {
  if (annotation_of(entry.object, argo::kSkipAnnotation) == "true") {
    if (entry.told) events.push_back({*std::exchange(entry.told, std::nullopt), engine::UnitGone{argo::unit_key(entry.object)}});
    return;
  }
  argo::ReadContext context{control_namespace_, clusters_, {}, &settings_};
  context.project = project_called(project_of(entry.object));
  context.repositories = repository_list_;
  context.orphans = entry.orphans;
  note_needs(entry);
  context.waits_for = waits_of(entry);
  argo::Application read = argo::read_application(entry.object, context);
  engine::UnitKey key = read.spec.key;
  std::string server = read.spec.destination.server;
  if (std::ranges::none_of(clusters_, [&](const auto& cluster) { return cluster.server == server; })) server.clear();
  if (entry.told && *entry.told != server) events.push_back({*entry.told, engine::UnitGone{key}});
  entry.told = server;
  auto add = [&](engine::Event event) { events.push_back({server, std::move(event)}); };
  add(engine::UnitSpecified{std::move(read.spec), std::move(read.observed)});
  if (read.operation && entry.object["operation"] != entry.operation) add(engine::OperationRequested{key, *read.operation});
  entry.operation = entry.object["operation"];
  std::string refresh(annotation_of(entry.object, argo::kRefreshAnnotation));
  if (read.refresh && refresh != entry.refresh) add(engine::RefreshRequested{key, read.hard_refresh});
  note_own_objects(entry, context.project, read.refresh && refresh != entry.refresh);
  entry.refresh = refresh;
  if (read.terminate && !entry.terminating) add(engine::TerminateRequested{key});
  entry.terminating = read.terminate;
}

void Registry::note_needs(Entry& entry) {
  auto needs = argo::read_depends_on(entry.object).list;
  if (needs == entry.needs) return;
  engine::UnitKey key = argo::unit_key(entry.object);
  std::vector<std::string> nodes;
  for (const auto& need : needs) {
    nodes.push_back(need.node());
    depend(key, need);
  }
  for (const auto& before : entry.needs)
    if (std::ranges::find(needs, before) == needs.end()) depend_no_more(key, before);
  std::string self = node_of(entry.object);
  concerned_.merge(graph_.set(self, std::move(nodes)));
  concerned_.erase(self);  // it is told anyway
  entry.needs = std::move(needs);
}

void Registry::depend(const engine::UnitKey& key, const argo::Dependency& need) {
  auto [dependents, fresh] = dependents_.try_emplace(need.node());
  dependents->second.insert(key);
  if (fresh && need.gvk.group != argo::kGroup) new_watches_.push_back(watch_of(need));
}

void Registry::depend_no_more(const engine::UnitKey& key, const argo::Dependency& need) {
  auto dependents = dependents_.find(need.node());
  if (dependents == dependents_.end()) return;
  dependents->second.erase(key);
  if (!dependents->second.empty()) return;
  foreign_.erase(dependents->first);
  dependents_.erase(dependents);
  if (need.gvk.group == argo::kGroup) return;
  // One that was not begun yet needs no end.
  const Watched watched = watch_of(need);
  const size_t dropped = std::erase_if(new_watches_, [&](const Watched& other) {
    return other.gvk == watched.gvk && other.options.ns == watched.options.ns && other.options.field_selector == watched.options.field_selector;
  });
  if (dropped == 0) ended_watches_.push_back(watched);
}

// Those for whom a cycle may have come or gone. Telling one may change who waits for whom.
void Registry::tell_concerned(std::vector<Told>& events) {
  constexpr std::string_view kApplications = "Application/";
  concerned_.merge(graph_.take());
  while (!concerned_.empty()) {
    std::string node = std::move(concerned_.extract(concerned_.begin()).value());
    if (!node.starts_with(kApplications)) continue;
    size_t slash = node.find('/', kApplications.size());
    auto entry = applications_.find(argo::unit_key(std::string_view(node).substr(kApplications.size(), slash - kApplications.size()), node.substr(slash + 1)));
    if (entry != applications_.end() && !entry->second.needs.empty()) tell(entry->second, events);
  }
}

// Why an Application's automated syncs wait; empty when nothing is in their way.
std::string Registry::waits_of(const Entry& entry) const {
  if (entry.needs.empty()) return {};
  if (std::string way = graph_.graph().describe_cycle(node_of(entry.object)); !way.empty()) return way;
  for (const auto& need : entry.needs) {
    std::optional<bool> ready;
    if (need.gvk.group == argo::kGroup) {
      auto it = applications_.find(argo::unit_key(need.ns, need.name));
      if (it != applications_.end()) ready = it->second.ready;
    } else {
      auto it = foreign_.find(need.node());
      ready = it == foreign_.end() ? false : it->second;
    }
    if (!ready) return fmt::format("dependency '{}' not found", need.node());
    if (!*ready) return fmt::format("dependency '{}' is not ready", need.node());
  }
  return {};
}

void Registry::dependency_changed(const Gvk& gvk, const WatchEvent& event, std::vector<Told>& events) {
  std::string node = engine::dependency_node(gvk.kind, namespace_of(event.object), name_of(event.object));
  if (!dependents_.contains(node)) return;  // nobody waits for it any more
  auto [it, fresh] = foreign_.try_emplace(node);
  auto before = it->second;
  if (event.type == WatchEvent::Type::kDeleted) it->second.reset();
  if (event.type == WatchEvent::Type::kAdded || event.type == WatchEvent::Type::kModified) it->second = argo::is_ready(event.object);
  if (fresh || before != it->second) tell_dependents(node, events);
}

void Registry::tell_dependents(const std::string& node, std::vector<Told>& events) {
  auto it = dependents_.find(node);
  if (it == dependents_.end() || !ready()) return;
  // Telling one may change who depends on whom.
  const auto dependents = it->second;
  for (const auto& key : dependents)
    if (auto entry = applications_.find(key); entry != applications_.end()) tell(entry->second, events);
}

void Registry::note_own_objects(Entry& entry, const Value& project, bool refresh) {
  uint64_t before = entry.own_objects;
  entry.own_objects = 0;
  if (!argo::warns_of_orphans(project)) return;
  uint64_t hash = project["spec"].hash() ^ entry.object["spec"]["destination"].hash();
  for (const Value& resource : entry.object["status"]["resources"].items())
    for (std::string_view part : {"group", "kind", "namespace", "name"}) hash = hash * 31 + resource[part].hash();
  entry.own_objects = std::max<uint64_t>(1, hash);
  orphans_changed_ = orphans_changed_ || refresh || before != entry.own_objects;
}

std::map<std::string, OrphanSearch> Registry::orphan_searches() const {
  std::map<std::string, OrphanSearch> out;
  for (const auto& [key, entry] : applications_) {
    if (entry.own_objects == 0 || !entry.told || entry.told->empty()) continue;
    auto cluster = std::ranges::find_if(clusters_, [&told = *entry.told](const auto& one) { return one.server == told; });
    argo::DestinationRef destination{*entry.told, cluster == clusters_.end() ? "" : cluster->name, entry.object["spec"]["destination"]["namespace"].str()};
    argo::Project project(project_called(project_of(entry.object)));
    out[*entry.told].items.push_back({key, {std::move(project), std::move(destination)}, entry.object["status"]["resources"]});
  }
  if (out.empty()) return out;
  auto names = std::make_shared<std::set<std::string>>();
  for (const auto& [key, entry] : applications_)
    names->insert(argo::instance_name(namespace_of(entry.object), name_of(entry.object), control_namespace_));
  for (auto& [server, search] : out) {
    search.applications = names;
    if (settings_.tracking_label) search.label_key = settings_.label_key;
    search.filter = settings_.filter;
  }
  return out;
}

std::vector<Told> Registry::counted(const OrphanCount& count) {
  std::vector<Told> events;
  auto it = applications_.find(count.unit);
  if (it == applications_.end() || it->second.orphans == count.count) return events;
  it->second.orphans = count.count;
  tell(it->second, events);
  return events;
}

std::vector<std::string> Registry::names_of(const std::string& url) const {
  std::vector<std::string> out = {url};
  for (const auto& [secret, repository] : repositories_)
    if (argo::same_git_url(repository.url, url)) out.push_back(in_project(repository.project, url));
  return out;
}

std::vector<Told> Registry::pushed(const argo::Push& push) const {
  std::vector<Told> events;
  for (const auto& [key, entry] : applications_) {
    if (!entry.told || !argo::push_concerns(entry.object, push)) continue;
    log::info("Requested app '{}' refresh", name_of(entry.object));
    events.push_back({*entry.told, engine::RefreshRequested{key}});
  }
  return events;
}

void Registry::tell_all(std::vector<Told>& events, const std::string* project) {
  for (auto& [key, entry] : applications_)
    if (!project || project_of(entry.object) == *project) tell(entry, events);
}

Value Registry::application(const engine::UnitKey& unit) const {
  auto it = applications_.find(unit);
  return it == applications_.end() ? Value() : it->second.object;
}

void Registry::seen(const engine::UnitKey& unit, const Value& application) {
  auto it = applications_.find(unit);
  if (it != applications_.end() && !older(application, it->second.object)) it->second.object = application;
}

}  // namespace taut::controller
