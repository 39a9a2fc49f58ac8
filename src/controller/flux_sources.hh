// FluxSources: keeps the artifacts of Flux's sources as their repositories have them, and writes their status.
//
//   FluxSources sources(options, cluster, artifacts, clock);
//   sources.start();        // returns at once
//   sources.notify(url);    // a push was announced
//   sources.stop();         // also in the destructor
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "controller/thread_pool.hh"
#include "dialect/flux/bucket.hh"
#include "dialect/flux/helm_repository.hh"
#include "dialect/flux/oci_repository.hh"
#include "dialect/flux/source.hh"
#include "engine/dialect.hh"
#include "port/clock.hh"
#include "port/cluster.hh"

namespace taut::controller {

struct FluxSourceOptions {
  flux::OpenRepositories open;
  flux::OpenOci open_oci;
  flux::OpenBucket open_bucket;
  flux::OpenHelm open_helm;
  // Of charts in Git that do not bring theirs, where no HelmRepository of their namespace has the URL; null: none are fetched.
  std::shared_ptr<render::RemoteCharts> dependencies;
  size_t processors = 4;  // how many sources are asked at once
  // Writes a Kubernetes event; called from the processors' threads, may block. Empty: none are written.
  std::function<void(const engine::Dialect::Note& note)> record_note;
};

// A thread that knows what is due, and a pool that asks. A source is asked every interval, at once when it changes, when
// somebody asks for it by annotation and when a push is announced, and after a failure sooner, then later each time.
class FluxSources {
 public:
  // All must outlive it.
  FluxSources(FluxSourceOptions options, Cluster& cluster, flux::Artifacts& artifacts, const Clock& clock);
  ~FluxSources();
  FluxSources(const FluxSources&) = delete;
  FluxSources& operator=(const FluxSources&) = delete;

  void start();
  void stop();
  // Thread-safe.
  void notify(const std::string& url);

 private:
  struct Entry {
    Value object;
    Time due{};
    bool busy = false;
    int failures = 0;
  };

  void take(const Gvk& gvk, const WatchEvent& event);
  void loop();
  void reconcile(const flux::SourceRef& ref, Value object, int failures);
  flux::SourceOutcome fetch(const flux::SourceRef& ref, const Value& object);
  void fetch_git(const flux::SourceRef& ref, const Value& object, flux::SourceOutcome& out);
  std::optional<flux::SourceError> verify(const Value& object, const flux::Artifact& artifact, Repositories& repositories, flux::SourceOutcome& out);
  void fetch_oci(const flux::SourceRef& ref, const Value& object, flux::SourceOutcome& out);
  void fetch_bucket(const flux::SourceRef& ref, const Value& object, flux::SourceOutcome& out);
  Status add_proxy_and_tls(const Value& object, flux::SourceAccess& access);
  Result<flux::OciPlace> place_of(const Value& object);
  Status add_pull_secrets(const Value& object, flux::OciPlace& place);
  Result<flux::BucketPlace> bucket_of(const Value& object);
  Result<flux::SourceAccess> access_of(const Value& object);
  Result<Value> secret(const Value& object, std::string_view field);
  bool write(const flux::SourceRef& ref, Value patch, std::string subresource);
  void hurry_including(const flux::SourceRef& ref);

  // flux_charts.cc
  void fetch_index(const Value& object, flux::SourceOutcome& out);
  tl::expected<flux::HelmPlace, flux::SourceError> helm_place_of(const Value& repository);
  flux::SourceOutcome fetch_chart(const Value& object);
  tl::expected<flux::BuiltChart, flux::SourceError> build_chart(const Value& object, const Value& source, std::string& source_revision);
  Value find(const flux::SourceRef& ref);
  class Dependencies;
  Value repository_at(const std::string& ns, const std::string& url);
  void hurry_charts(const flux::SourceRef& ref);  // with the lock held

  const FluxSourceOptions options_;
  Cluster& cluster_;
  flux::Artifacts& artifacts_;
  const Clock& clock_;
  std::vector<std::unique_ptr<Watch>> watches_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<flux::SourceRef, Entry> entries_;
  std::set<std::string> listed_;  // kinds
  bool stopping_ = false;
  std::thread thread_;
  ThreadPool pool_;
};

}  // namespace taut::controller
