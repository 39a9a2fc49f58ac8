// Repositories in memory, for tests: a repository is a list of commits, the last one is the head of its branch "main".
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "port/repositories.hh"
#include "tree/memory.hh"

namespace taut {

class MemoryRepositories : public Repositories {
 public:
  using Files = std::map<std::string, std::string>;

  std::string commit(const std::string& url, const Files& files) {
    std::lock_guard lock(mutex_);
    MemoryTreeBuilder builder;
    for (const auto& [path, text] : files) {
      if (auto added = builder.file(path, text); !added) std::abort();
    }
    auto& commits = commits_[url];
    std::string sha = fmt::format("{:040x}", 0xabc0000 + commits.size());
    commits.emplace_back(sha, builder.build());
    return sha;
  }
  Result<std::string> resolve(const std::string& url, const std::string& revision) override {
    std::lock_guard lock(mutex_);
    ++resolves;
    if (down) return fail(Code::kUnavailable, "failed to list refs: dial tcp: connection refused");
    if (revision.size() == 40) return revision;
    auto it = commits_.find(split_project(url).url);
    if (it == commits_.end()) return fail(Code::kNotFound, "failed to list refs: repository not found");
    if (revision != "main") return fail(Code::kNotFound, "unable to resolve '{}' to a commit SHA", revision);
    return it->second.back().first;
  }
  Result<TreePtr> tree(const std::string& url, const std::string& sha) override {
    std::lock_guard lock(mutex_);
    for (const auto& [known, tree] : commits_[split_project(url).url])
      if (known == sha) return tree;
    return fail(Code::kNotFound, "object not found - no match for id ({})", sha);
  }
  Result<std::vector<std::string>> changed_paths(const std::string&, const std::string&, const std::string&) override {
    return std::vector<std::string>{};
  }
  Result<Commit> commit(const std::string&, const std::string& sha) override { return Commit{sha, "", "", {}}; }

  std::atomic<int> resolves = 0;
  std::atomic<bool> down = false;

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::pair<std::string, TreePtr>>> commits_;
};

}  // namespace taut
