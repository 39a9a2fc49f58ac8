// Flux's Kustomizations as a dialect of the engine. Their sources are fetched elsewhere; here only what they hold
// (Artifacts) and whether they are there counts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "dialect/flux/kustomization_status.hh"
#include "dialect/flux/ownership.hh"
#include "engine/dependency_graph.hh"
#include "engine/dialect.hh"

namespace taut::flux {

class Dialect : public engine::Dialect {
 public:
  // `graph`: shared with those who look after other kinds.
  explicit Dialect(std::shared_ptr<Artifacts> artifacts, Tenancy tenancy = {},
                   std::shared_ptr<engine::DependencyGraph> graph = std::make_shared<engine::DependencyGraph>())
      : artifacts_(std::move(artifacts)), tenancy_(std::move(tenancy)), needs_(std::move(graph)) {}

  const engine::Ownership& ownership() const override { return ownership_; }
  std::vector<Watched> watched() const override;
  Turn changed(const Watched& watch, const WatchEvent& event, Time now) override;
  Turn look(Time now) override;
  std::optional<Time> wake() const override;
  bool has(const engine::UnitKey& unit) const override { return entries_.contains(unit); }
  Place place(const engine::UnitKey& unit) const override;
  Turn tell(const engine::WriteStatus& effect, Time now) override;
  Turn tell(const engine::ReleaseUnit& effect) override;
  void wrote(const WriteRequest& request, const Result<WriteResult>& result, Time now) override;

 private:
  struct Entry {
    Value object;
    Kustomization read;
    Given given;
    Progress progress;
    std::optional<engine::UnitStatus> unit;  // as last told
    std::string requested;                   // forwarded already
    bool handled = false;                    // what was requested is done
    bool told = false;                       // the engine knows it
    bool asked = false;                      // a write of the finalizer is on its way
    std::optional<Time> look_at;
  };

  bool ready() const;
  void touch(const std::function<bool(const Kustomization& read)>& concerns);
  void touch_source(const SourceRef& source);
  void touch_variables(std::string_view ns, std::string_view kind, std::string_view name);
  void synced(const Watched& watch);
  void touch_dependents(const Dependency& on);
  void note_needs(const Dependency& object, const std::vector<Dependency>& needs);
  void application_changed(const WatchEvent& event);
  bool watch_one(const Gvk& gvk, const std::string& ns, const std::string& name, Turn& turn);
  void release_changed(const WatchEvent& event);
  void kustomization_changed(const WatchEvent& event, Turn& turn);
  void consider(Entry& entry, Turn& turn, Time now);
  bool keep_finalizer(Entry& entry, Turn& turn);
  void write_finalizer(Entry& entry, bool wanted, Turn& turn);
  // What it names, as far as it is known; nothing until everything has been seen.
  std::optional<Given> gather(const Kustomization& read, Turn& turn);
  std::optional<Hold> check_source(const Kustomization& read, const std::optional<Artifact>& artifact) const;
  std::optional<Hold> check_dependencies(const Kustomization& read, const std::optional<Artifact>& artifact) const;
  std::optional<Hold> take_variables(const Kustomization& read, Given& given) const;
  std::optional<Hold> take_keys(const Kustomization& read, Given& given) const;
  std::optional<Hold> take_place(const Kustomization& read, Given& given) const;
  bool watch_variables(const Kustomization& read, Turn& turn);
  void request_reconcile(Entry& entry, Turn& turn) const;
  std::optional<WriteRequest> status_request(Entry& entry, Turn& turn, Time now);

  LabelOwnership ownership_;
  const std::shared_ptr<Artifacts> artifacts_;
  const Tenancy tenancy_;
  engine::DependencyView needs_;
  std::map<engine::UnitKey, Entry> entries_;
  std::map<ObjectName, bool> releases_;          // HelmReleases, and whether they are ready
  std::map<ObjectName, bool> applications_;      // that Kustomizations wait for, and whether they are settled
  std::set<SourceRef> sources_;                  // that exist
  std::map<std::string, Value> variables_;       // "<kind>/<namespace>/<name>" of what Kustomizations name
  std::set<std::string> watching_, seen_;        // of those: asked for; listed
  std::set<std::string> listed_;                 // kinds
  std::set<engine::UnitKey> dirty_;              // to be looked at
};

}  // namespace taut::flux
