// What kustomizations took from the network, so that a result can be kept for as long as it would be the same.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "kustomize/remote.hh"

namespace taut::render {

class RemoteRecorder : public kustomize::Remotes {
 public:
  explicit RemoteRecorder(kustomize::Remotes& remotes) : remotes_(remotes) {}

  struct Answers {
    std::map<std::pair<std::string, std::string>, std::string> commits;  // by repository and ref
    std::map<std::string, std::string> files;                           // by URL, the hash of what was there
    bool empty() const { return commits.empty() && files.empty(); }
  };

  Result<std::string> resolve(const std::string& repository, const std::string& ref) override;
  Result<TreePtr> tree(const std::string& repository, const std::string& commit) override;
  Result<std::string> file(const std::string& url) override;

  Answers answers() const;
  // Whether anything was asked for, also in vain.
  bool asked() const;

 private:
  kustomize::Remotes& remotes_;
  mutable std::mutex mutex_;
  Answers answers_;
  bool asked_ = false;
};

// Whether the same would come now. A server that does not answer changes nothing.
bool still_true(const RemoteRecorder::Answers& answers, kustomize::Remotes* remotes);

}  // namespace taut::render
