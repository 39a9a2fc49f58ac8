#include "controller/site.hh"

namespace taut::controller {

Site::Site(SiteId id, std::string server, uint64_t fingerprint, std::shared_ptr<Cluster> cluster, const ControllerOptions& options,
           std::vector<const engine::Ownership*> ownerships, Kinds::Post post)
    : id(id),
      server(std::move(server)),
      fingerprint(fingerprint),
      cluster(std::move(cluster)),
      engine(options.engine, std::move(ownerships)),
      kinds(*this->cluster, std::move(post)),
      readers(std::max<size_t>(1, options.status_processors)),
      writers(std::max<size_t>(1, options.operation_processors)) {}

Site::~Site() { stop(); }

void Site::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  kinds.stop();
  readers.stop();
  writers.stop();
  // A watch that was about to begin is there only now.
  kinds.stop();
}

bool Site::pause(Duration time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

}  // namespace taut::controller
