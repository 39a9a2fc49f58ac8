// Artifacts: what sources hold now, kept in memory as trees, and handed to renders as a repository whose URL is
// "flux://<kind>/<namespace>/<name>".
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "base/time.hh"
#include "dialect/flux/words.hh"
#include "port/repositories.hh"

namespace taut::helm {
struct Chart;
}

namespace taut::flux {

struct Artifact {
  std::string revision;  // "main@sha1:<40 hex>", RFC 5
  std::string sha;       // the hex digits in it, by which it is asked for
  std::string digest;    // of the files: "xxh128:<32 hex>"
  std::string origin;    // org.opencontainers.image.revision, where an OCI artifact says it
  TreePtr tree;
  uint64_t size = 0;  // in bytes, where it is known
  std::shared_ptr<const helm::Chart> chart = {};  // of a HelmChart: made from the files, with the values and the version it asks for
};

std::string artifact_url(const SourceRef& source);
// "xxh128:<hex>" of a tree's id.
Result<std::string> artifact_digest(const Tree& tree);
// The hex digits of a revision: what follows the last ":".
std::string revision_hash(std::string_view revision);

// Thread-safe.
class Artifacts : public Repositories {
 public:
  // Told when a source's artifact comes, changes or goes, on the thread that did it; it must not block.
  void on_change(std::function<void(const SourceRef& source)> told);

  void put(const SourceRef& source, Artifact artifact);
  void remove(const SourceRef& source);
  std::optional<Artifact> find(const SourceRef& source) const;
  // The sources whose artifacts came, changed or went since this was asked last.
  std::set<SourceRef> take_changed();

  // `sha` is that of the artifact now or of the one before it: a render that was asked for just before a change still
  // finds its files. kUnavailable when it is neither, since the asker will ask for the new one.
  Result<TreePtr> tree(const std::string& url, const std::string& sha) override;
  Result<std::string> resolve(const std::string& url, const std::string& revision) override;
  Result<std::vector<std::string>> changed_paths(const std::string& url, const std::string& from, const std::string& to) override;
  Result<Commit> commit(const std::string& url, const std::string& sha) override;

 private:
  struct Held {
    Artifact now;
    std::optional<Artifact> before;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Held> held_;  // by URL
  std::set<SourceRef> changed_;
  std::function<void(const SourceRef& source)> told_;
};

}  // namespace taut::flux
