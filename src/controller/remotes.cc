#include "controller/remotes.hh"

#include <chrono>
#include <map>
#include <mutex>

namespace taut::controller {
namespace {

// Charts come as repositories do (io/registry/chart_source.hh says how their URLs are written).
class RepositoryCharts : public render::RemoteCharts {
 public:
  explicit RepositoryCharts(Repositories& repositories) : repositories_(repositories) {}

  Result<std::string> resolve(const std::string& repository, const std::string& chart, const std::string& range) override {
    return repositories_.resolve(url(repository, chart), range);
  }
  Result<TreePtr> tree(const std::string& repository, const std::string& chart, const std::string& version) override {
    return repositories_.tree(url(repository, chart), version);
  }

 private:
  static std::string url(const std::string& repository, const std::string& chart) { return "chart+" + repository + "#" + chart; }

  Repositories& repositories_;
};

// Answers that are good for a while. Thread-safe; two who ask at once may both ask the network.
class Remembered {
 public:
  template <class Ask>
  Result<std::string> get(const std::string& question, Ask ask) {
    const auto now = std::chrono::steady_clock::now();
    {
      std::lock_guard lock(mutex_);
      std::erase_if(answers_, [&](const auto& one) { return one.second.until <= now; });
      auto known = answers_.find(question);
      if (known != answers_.end()) return known->second.text;
    }
    Result<std::string> answer = ask();
    if (!answer) return answer;
    std::lock_guard lock(mutex_);
    answers_[question] = {*answer, now + kGood};
    return answer;
  }

 private:
  static constexpr std::chrono::minutes kGood{2};
  struct Answer {
    std::string text;
    std::chrono::steady_clock::time_point until;
  };
  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
};

class RepositoryBases : public kustomize::Remotes {
 public:
  RepositoryBases(Repositories& repositories, bool local) : repositories_(repositories), local_(local) {}

  Result<std::string> resolve(const std::string& repository, const std::string& ref) override {
    TAUT_TRY(check(repository));
    return refs_.get(repository + '\n' + ref, [&] { return repositories_.resolve(repository, ref); });
  }
  Result<TreePtr> tree(const std::string& repository, const std::string& commit) override {
    TAUT_TRY(check(repository));
    return repositories_.tree_with_submodules(repository, commit);
  }
  Result<std::string> file(const std::string& url) override {
    return files_.get(url, [&] { return repositories_.download(url); });
  }

 private:
  Status check(const std::string& repository) const {
    if (local_ || !repository.starts_with("file:")) return {};
    return fail(Code::kForbidden, "repositories on the machine that renders may not be named");
  }

  Repositories& repositories_;
  const bool local_;
  Remembered refs_, files_;
};

}  // namespace

std::shared_ptr<render::RemoteCharts> remote_charts(Repositories& repositories) {
  return std::make_shared<RepositoryCharts>(repositories);
}

std::unique_ptr<kustomize::Remotes> remote_bases(Repositories& repositories, bool local) {
  return std::make_unique<RepositoryBases>(repositories, local);
}

}  // namespace taut::controller
