#include "release/run.hh"

#include "base/strings.hh"

namespace taut::release {

Result<const Discovery*> Run::discovery() {
  if (!discovery_) {
    auto found = world.cluster.discover();
    if (!found) {
      return fail(Error(found.error()).with_message("kubernetes cluster unreachable: " + found.error().message()));
    }
    discovery_ = std::move(*found);
  }
  return &*discovery_;
}

void Run::record(const Release& release) const {
  if (Status status = storage.update(release, now); !status) {
    warn(fmt::format("failed to update release name={} revision={} error={}", release.name, release.version,
                     status.error().message()));
  }
}

}  // namespace taut::release
