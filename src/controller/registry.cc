#include "controller/registry.hh"

#include <fmt/format.h>

#include <charconv>

#include "base/log.hh"
#include "dialect/argo/project_check.hh"

namespace taut::controller {
namespace {

std::string project_of(const Value& application) {
  std::string name = application["spec"]["project"].str();
  return name.empty() ? "default" : name;
}

// Answers to writes and the watch overtake each other: what is older than what is held is not taken. Versions of one
// object can be compared as numbers.
bool older(const Value& object, const Value& held) {
  auto version = [](const Value& of) {
    std::string_view text = of["metadata"]["resourceVersion"].as_string();
    uint64_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? number : 0;
  };
  if (object["metadata"]["uid"] != held["metadata"]["uid"]) return false;
  uint64_t its = version(object);
  return its != 0 && its < version(held);
}

}  // namespace

Registry::Registry(std::string control_namespace, std::vector<argo::ClusterName> clusters)
    : control_namespace_(std::move(control_namespace)), clusters_(std::move(clusters)) {}

std::vector<Registry::Watched> Registry::watched() const {
  ListOptions here;
  here.ns = control_namespace_;
  ListOptions settings = here;
  settings.field_selector = fmt::format("metadata.name={}", argo::kSettingsName);
  return {{argo::project_gvk(), here}, {{"", "v1", "ConfigMap"}, settings}, {argo::application_gvk(), here}};
}

std::vector<engine::Event> Registry::changed(const Gvk& gvk, const WatchEvent& event) {
  std::vector<engine::Event> events;
  if (event.type == WatchEvent::Type::kFailed) return events;
  if (event.type == WatchEvent::Type::kSynced) {
    bool before = ready();
    listed_.insert(gvk.kind);
    if (!before && ready()) tell_all(events, nullptr);
  } else if (gvk.kind == "Application") {
    application_changed(event, events);
  } else if (gvk.kind == "AppProject") {
    project_changed(event, events);
  } else {
    settings_changed(event, events);
  }
  return events;
}

void Registry::application_changed(const WatchEvent& event, std::vector<engine::Event>& events) {
  engine::UnitKey key = argo::unit_key(event.object);
  if (event.type == WatchEvent::Type::kDeleted) {
    applications_.erase(key);
    if (ready()) events.push_back(engine::UnitGone{key});
    return;
  }
  Entry& entry = applications_[key];
  if (older(event.object, entry.object)) return;
  entry.object = event.object;
  if (ready()) tell(entry, events);
}

void Registry::project_changed(const WatchEvent& event, std::vector<engine::Event>& events) {
  std::string name(name_of(event.object));
  if (event.type == WatchEvent::Type::kDeleted) {
    projects_.erase(name);
  } else {
    projects_[name] = event.object;
    if (auto valid = argo::check_project(event.object); !valid) log::warn("AppProject {}: {}", name, valid.error().message());
  }
  if (ready()) tell_all(events, &name);
}

void Registry::settings_changed(const WatchEvent& event, std::vector<engine::Event>& events) {
  if (name_of(event.object) != argo::kSettingsName) return;
  settings_ = argo::read_settings(event.type == WatchEvent::Type::kDeleted ? Value() : event.object);
  for (const std::string& error : settings_.errors) log::warn("ConfigMap {}: {}", argo::kSettingsName, error);
  if (ready()) tell_all(events, nullptr);
}

void Registry::tell(Entry& entry, std::vector<engine::Event>& events) {
  argo::ReadContext context{control_namespace_, clusters_, {}, &settings_};
  if (auto it = projects_.find(project_of(entry.object)); it != projects_.end()) context.project = it->second;
  argo::Application read = argo::read_application(entry.object, context);
  entry.spec = read.spec;
  engine::UnitKey key = read.spec.key;
  events.push_back(engine::UnitSpecified{std::move(read.spec), std::move(read.observed)});
  entry.told = true;
  if (read.operation && entry.object["operation"] != entry.operation)
    events.push_back(engine::OperationRequested{key, *read.operation});
  entry.operation = entry.object["operation"];
  std::string refresh(annotation_of(entry.object, argo::kRefreshAnnotation));
  if (read.refresh && refresh != entry.refresh) events.push_back(engine::RefreshRequested{key, read.hard_refresh});
  entry.refresh = refresh;
  if (read.terminate && !entry.terminating) events.push_back(engine::TerminateRequested{key});
  entry.terminating = read.terminate;
}

void Registry::tell_all(std::vector<engine::Event>& events, const std::string* project) {
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

const engine::UnitSpec* Registry::spec(const engine::UnitKey& unit) const {
  auto it = applications_.find(unit);
  return it == applications_.end() ? nullptr : &it->second.spec;
}

}  // namespace taut::controller
