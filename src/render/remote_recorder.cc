#include "render/remote_recorder.hh"

#include <algorithm>

#include "base/sha256.hh"

namespace taut::render {

Result<std::string> RemoteRecorder::resolve(const std::string& repository, const std::string& ref) {
  auto commit = remotes_.resolve(repository, ref);
  std::lock_guard lock(mutex_);
  asked_ = true;
  if (commit) answers_.commits[{repository, ref}] = *commit;
  return commit;
}

Result<TreePtr> RemoteRecorder::tree(const std::string& repository, const std::string& commit) {
  return remotes_.tree(repository, commit);
}

Result<std::string> RemoteRecorder::file(const std::string& url) {
  auto text = remotes_.file(url);
  std::lock_guard lock(mutex_);
  asked_ = true;
  if (text) answers_.files[url] = sha256_hex(*text);
  return text;
}

RemoteRecorder::Answers RemoteRecorder::answers() const {
  std::lock_guard lock(mutex_);
  return answers_;
}

bool RemoteRecorder::asked() const {
  std::lock_guard lock(mutex_);
  return asked_;
}

bool still_true(const RemoteRecorder::Answers& answers, kustomize::Remotes* remotes) {
  if (remotes == nullptr) return answers.empty();
  bool commits = std::ranges::all_of(answers.commits, [&](const auto& one) {
    auto now = remotes->resolve(one.first.first, one.first.second);
    return !now || *now == one.second;
  });
  return commits && std::ranges::all_of(answers.files, [&](const auto& one) {
    auto now = remotes->file(one.first);
    return !now || sha256_hex(*now) == one.second;
  });
}

}  // namespace taut::render
