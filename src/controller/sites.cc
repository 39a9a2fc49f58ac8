// The clusters that applications go to: opened when a Secret names them, asked until they answer, ended when no Secret
// names them any more.
#include <algorithm>

#include "base/hash.hh"
#include "base/log.hh"
#include "controller/lost_cluster.hh"
#include "controller/site.hh"

namespace taut::controller {
namespace {

constexpr Duration kFirstWait = std::chrono::milliseconds(500), kLongestWait = std::chrono::seconds(30);

}  // namespace

Site& Controller::add_site(std::string server, uint64_t fingerprint, std::shared_ptr<Cluster> cluster, RenderFunction render) {
  SiteId id = next_site_++;
  auto site = std::make_unique<Site>(id, std::move(server), fingerprint, std::move(cluster), options_, ownerships(),
                                     [this, id](engine::Event event) { post(id, std::move(event)); });
  site->render = std::move(render);
  std::lock_guard lock(engine_mutex_);
  return *(sites_[id] = std::move(site));
}

// The cluster around, and the place of applications that name none that is known.
void Controller::add_local_sites() {
  std::shared_ptr<Cluster> local(std::shared_ptr<Cluster>(), &cluster_);
  add_site(std::string(argo::kLocalServer), 0, std::move(local), options_.render);
  add_site("", 0, std::make_shared<LostCluster>(), options_.render);
}

Site& Controller::site_of(const std::string& server) {
  Site* nowhere = nullptr;
  for (const auto& [id, site] : sites_) {
    if (site->server == server) return *site;
    if (site->server.empty()) nowhere = site.get();
  }
  return *nowhere;
}

// A Secret that changed how its cluster is reached makes a new site of it.
void Controller::follow_clusters() {
  auto wanted = registry_.clusters();
  auto still = [&](const Site& site) {
    return site.server.empty() || site.server == argo::kLocalServer || is_used(site) ||
           std::ranges::any_of(wanted, [&](const auto& w) { return w.server == site.server && w.fingerprint == site.fingerprint; });
  };
  for (auto it = sites_.begin(); it != sites_.end();) {
    if (still(*it->second)) {
      ++it;
      continue;
    }
    log::info("cluster {}: no longer used as it was", it->second->server);
    std::shared_ptr<Site> old = std::move(it->second);
    {
      std::lock_guard lock(engine_mutex_);
      it = sites_.erase(it);
    }
    retiring_.run([old] { old->stop(); });
  }
  for (const auto& secret : wanted) {
    if (site_of(secret.server).server == secret.server) continue;
    Result<std::shared_ptr<Cluster>> cluster = fail(Code::kUnsupported, "other clusters are not served");
    if (secret.error)
      cluster = tl::unexpected(*secret.error);
    else if (options_.open_cluster)
      cluster = options_.open_cluster(secret);
    if (!cluster) cluster = std::make_shared<LostCluster>(cluster.error());
    reach(add_site(secret.server, secret.fingerprint, std::move(*cluster), nullptr));
  }
}

bool Controller::is_used(const Site& site) const {
  return std::ranges::any_of(places_, [&](const auto& place) { return !place.second.cluster.empty() && place.second.name() == site.server; });
}

// That of a dialect's Unit; opened when it is asked for first.
Site& Controller::site_at(const engine::Dialect::Place& place) {
  if (place.cluster.empty()) return site_of(std::string(argo::kLocalServer));
  std::string name = place.name();
  if (Site& known = site_of(name); known.server == name) return known;
  Result<std::shared_ptr<Cluster>> cluster = fail(Code::kUnsupported, "other clusters are not served");
  if (options_.open_place) cluster = options_.open_place(place);
  if (!cluster) cluster = std::make_shared<LostCluster>(cluster.error());
  Site& site = add_site(name, hash64(place.kubeconfig), std::move(*cluster), nullptr);
  reach(site);
  return site;
}

// Asks what the cluster serves until it answers.
void Controller::reach(Site& site) {
  site.readers.run([this, &site] {
    for (Duration wait = kFirstWait;; wait = std::min(wait * 2, kLongestWait)) {
      auto discovery = site.cluster->discover();
      bool done = discovery.has_value();
      post(Reached{site.id, std::move(discovery)});
      if (done || !site.pause(wait)) return;
    }
  });
}

void Controller::reached(const Reached& answer, Events& events) {
  auto it = sites_.find(answer.site);
  if (it == sites_.end()) return;
  Site& site = *it->second;
  if (!answer.discovery) {
    const Error& error = answer.discovery.error();
    if (!site.away || site.away->message() != error.message()) log::warn("cluster {}: {}", site.server, error.message());
    site.away = error;
    for (const auto& wanted : std::exchange(site.waiting, {})) refuse(site, wanted);
    return;
  }
  log::info("cluster {}: connected, {}", site.server, answer.discovery->version);
  site.away.reset();
  site.render = options_.render_for ? options_.render_for(*answer.discovery) : options_.render;
  for (const auto& wanted : std::exchange(site.waiting, {})) perform(site, wanted);
  for (const auto& unit : std::exchange(site.refused, {})) events[site.id].push_back(engine::RefreshRequested{unit, true});
}

// In Argo CD's words (controller/state.go, v3.5).
void Controller::refuse(Site& site, const engine::Render& wanted) {
  site.refused.insert(wanted.unit);
  Error error(site.away->code(), fmt::format("failed to get cluster version for cluster \"{0}\": failed to get cluster info for \"{0}\": {1}",
                                             site.server, site.away->message()));
  post(site.id, engine::Rendered{wanted.unit, wanted.sha, tl::unexpected(std::move(error)), 0});
}

void Controller::stop_sites() {
  std::vector<std::thread> threads;
  for (const auto& [id, site] : sites_) threads.emplace_back([&site = *site] { site.stop(); });
  for (auto& thread : threads) thread.join();
  retiring_.stop();
}

}  // namespace taut::controller
