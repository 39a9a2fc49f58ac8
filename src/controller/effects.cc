// What the engines ask for, performed. The pools' threads may use a site: it waits for them before it goes.
#include "base/log.hh"
#include "controller/diagnosis.hh"
#include "controller/site.hh"

namespace taut::controller {
namespace {

constexpr Duration kOrphansSettle = std::chrono::seconds(1), kOrphansPause = std::chrono::seconds(5), kOrphansPatience = std::chrono::minutes(10);

// What of an object says which one it is: thousands of events may wait for their turn.
Value named(const Value& object) {
  Value metadata = Value::map();
  for (const char* field : {"name", "namespace", "uid", "resourceVersion"})
    if (const Value* found = object["metadata"].find(field)) metadata.set(field, *found);
  return Value::map({{"apiVersion", object["apiVersion"]}, {"kind", object["kind"]}, {"metadata", metadata}});
}

}  // namespace

void Controller::perform(Site& site, const engine::ResolveRevision& effect) {
  auto resolve = [this, effect] { return engine::RevisionResolved{effect.repo, effect.revision, repositories_.resolve(effect.repo, effect.revision)}; };
  Question& question = questions_[{effect.repo, effect.revision}];
  bool current = question.asked_at == news_;
  bool fresh = current && !question.sha.empty() && clock_.now() < question.answered + options_.engine.poll_interval / 2;
  // A single cluster asks when its engine wants to.
  if (fresh && sites_.size() > 2) return post(site.id, engine::RevisionResolved{effect.repo, effect.revision, question.sha});
  bool on_its_way = !question.sites.empty();
  if (on_its_way && current) return question.sites.push_back(site.id);
  if (on_its_way) return readers_.run([this, id = site.id, resolve] { post(id, resolve()); });
  question.sites.push_back(site.id);
  question.asked_at = news_;
  readers_.run([this, resolve] { post(Resolved{resolve()}); });
}

void Controller::resolved(Resolved& resolved, Events& events) {
  const engine::RevisionResolved& answer = resolved.answer;
  auto it = questions_.find({answer.repo, answer.revision});
  if (it == questions_.end()) return;
  Question& question = it->second;
  for (SiteId site : std::exchange(question.sites, {})) events[site].push_back(answer);
  question.sha = answer.sha.value_or("");
  question.answered = clock_.now();
  if (question.sha.empty() || sites_.size() <= 2) questions_.erase(it);
}

void Controller::perform(Site& site, const engine::Render& effect) {
  if (!site.render) {
    if (site.away) return refuse(site, effect);
    site.waiting.push_back(effect);
    return;
  }
  readers_.run([this, id = site.id, render = site.render, effect] {
    post(id, render_sources(effect, render, [this](const engine::Source& source, const std::string& sha) {
           return repositories_.tree_with_submodules(source.repo, sha);
         }));
  });
}

void Controller::perform(Site& site, const engine::WatchKind& effect) {
  site.readers.run([&kinds = site.kinds, effect] { kinds.watch(effect.gvk); });
}

void Controller::perform(Site& site, const engine::Fetch& effect) {
  site.readers.run([this, &site, effect] {
    auto object = site.cluster->get({effect.gvk, effect.id.ns, effect.id.name});
    post(site.id, engine::Fetched{effect.gvk, effect.id, std::move(object)});
  });
}

// To the cluster around go the statuses too: what is written there waits in one line, so that of many operations those
// that have begun come to their end before others begin.
ThreadPool& Controller::writers_of(Site& site) { return site.cluster.get() == &cluster_ ? writers_ : site.writers; }

void Controller::perform(Site& site, const engine::Apply& effect) {
  writers_of(site).run([this, &site, effect, cluster = cluster_for(site, effect.unit)] {
    post(site.id, engine::Applied{effect.unit, effect.ticket, cluster->write(effect.request)});
  });
}

void Controller::perform(Site& site, const engine::Delete& effect) {
  writers_of(site).run([this, &site, effect, cluster = cluster_for(site, effect.unit)] {
    auto removed = cluster->remove(effect.ref, effect.options);
    Status status;
    if (!removed) status = tl::unexpected(removed.error());
    post(site.id, engine::Deleted{effect.unit, effect.ticket, std::move(status)});
  });
}

void Controller::perform(Site& site, const engine::WriteStatus& effect) {
  if (auto* dialect = dialect_of(effect.unit)) return tell(*dialect, effect.unit, dialect->tell(effect, clock_.now()), effect.urgency);
  Value application = registry_.application(effect.unit);
  Value patch;
  if (!application.is_null()) {
    patch = argo::status_patch(application, argo::write_status(effect.status, application["spec"], options_.control_namespace),
                               effect.clear_operation, effect.clear_refresh);
    patch = argo::with_hook_finalizers(std::move(patch), application, effect.status);
  }
  if (patch.is_null()) return post(site.id, engine::StatusWritten{effect.unit, {}});
  patch_application(site, effect.unit, std::move(patch), effect.urgency);
}

void Controller::perform(Site& site, const engine::ReleaseUnit& effect) {
  if (auto* dialect = dialect_of(effect.unit)) return tell(*dialect, effect.unit, dialect->tell(effect), engine::Urgency::kNow);
  Value application = registry_.application(effect.unit);
  if (application.is_null()) return post(site.id, engine::StatusWritten{effect.unit, {}});
  patch_application(site, effect.unit, argo::release_patch(application), engine::Urgency::kNow);
}

void Controller::patch_application(Site& site, const engine::UnitKey& unit, Value patch, engine::Urgency urgency) {
  WriteRequest request;
  request.verb = WriteVerb::kMergePatch;
  request.ref = argo::application_ref(unit);
  request.body = std::move(patch);
  request.field_manager = "argocd-controller";
  writers_.run([this, id = site.id, unit, request] { post(Wrote{id, unit, cluster_.write(request)}); }, urgency);
}

void Controller::perform(Site& site, const engine::Explain& effect) {
  site.readers.run([this, &site, effect] {
    auto reason = diagnose(*site.cluster, effect.objects, {.now = clock_.now(), .previous_revision = effect.previous_revision}, &site.events);
    post(site.id, engine::Explained{effect.unit, std::move(reason)});
  });
}

// Much happens at once when something changes: it is waited for.
void Controller::search_for_orphans(Time now) {
  if (registry_.take_orphans_changed()) orphans_due_ = std::min(orphans_due_.value_or(Time::max()), now + kOrphansSettle);
  // A cluster that is no longer named takes its search with it.
  if (now >= orphans_began_ + kOrphansPatience) orphan_searches_ = 0;
  if (orphan_searches_ > 0 || !orphans_due_ || now < *orphans_due_) return;
  orphans_due_.reset();
  orphans_began_ = now;
  for (auto& [server, search] : registry_.orphan_searches()) {
    ++orphan_searches_;
    Site& site = site_of(server);
    site.readers.run([this, &site, search = std::move(search)] { post(Counted{count_orphans(*site.cluster, search)}); });
  }
}

// What could not be counted stays as it was.
void Controller::counted(const Counted& answer, Events& events) {
  if (orphan_searches_ > 0) --orphan_searches_;
  orphans_due_ = std::max(std::min(orphans_due_.value_or(Time::max()), clock_.now() + options_.engine.poll_interval), clock_.now() + kOrphansPause);
  if (!answer.counts) return log::warn("looking for orphaned resources: {}", answer.counts.error().message());
  for (const OrphanCount& count : *answer.counts)
    for (auto& [server, event] : registry_.counted(count)) events[site_of(server).id].push_back(std::move(event));
}

void Controller::perform(Site&, const engine::Notice& effect) {
  if (effect.failed) log::warn("{}: {}", effect.unit, effect.message);
  if (options_.observer) options_.observer(effect);
  if (!options_.record_event) return;
  auto event = argo::event_of(effect);
  Value application = registry_.application(effect.unit);
  if (!event || application.is_null()) return;
  auto record = [this, about = named(application), event = *event] { options_.record_event(about, event); };
  writers_.run(std::move(record), engine::Urgency::kLater);
}

}  // namespace taut::controller
