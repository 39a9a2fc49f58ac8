// A real organisation's Argo CD repository, or a real home's Flux repository, whole: every Application that it keeps of
// itself and every Kustomization of Flux is rendered at the newest commit, then the last commits one after the other, as a
// controller would see them pushed, through the memo.
//
//   replay_bench BUNDLE HOST/OWNER/REPOSITORY [COMMITS]
//
// Says which of them cannot be rendered, in a line each, and how much was rendered, saved and how long it took.
#include <stdlib.h>

#include <chrono>
#include <filesystem>

#include "base/strings.hh"
#include "io/git/repositories.hh"
#include "object/id.hh"
#include "render/memo.hh"
#include "tree/path.hh"
#include "yaml/reader.hh"

namespace {

using namespace taut;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print("{}\n", result.error().report());
  std::exit(1);
}

struct Application {
  std::string name, ns;
  Value source;
};

// The Applications and Kustomizations that plain files of the repository hold, by file; kept up to date commit by commit.
class Applications {
 public:
  explicit Applications(std::string repository) : repository_(std::move(repository)) {}

  void read_all(const Tree& tree, const std::string& folder = "") {
    for (const TreeEntry& entry : need(tree.list(folder))) {
      std::string path = join_path(folder, entry.name);
      if (entry.type == TreeEntry::Type::kFolder) read_all(tree, path);
      if (entry.type == TreeEntry::Type::kFile) read(tree, path);
    }
  }
  void read(const Tree& tree, const std::string& path) {
    by_file_.erase(path);
    if (!path.ends_with(".yaml") && !path.ends_with(".yml")) return;
    auto text = tree.read(path);
    bool any = text && ((*text)->find("kind: Application") != std::string::npos || (*text)->find(kFlux) != std::string::npos);
    if (!any) return;
    auto documents = parse_yaml(**text);
    if (!documents) return;
    for (const Document& document : *documents) take(path, document.root);
  }
  template <class F>
  void each(const F& f) const {
    for (const auto& [file, list] : by_file_)
      for (const Application& application : list) f(file, application);
  }

 private:
  static constexpr std::string_view kFlux = "kustomize.toolkit.fluxcd.io";

  void take(const std::string& path, const Value& object) {
    if (object["apiVersion"].as_string().starts_with(kFlux)) {
      Value source = Value::map({{"path", object["spec"]["path"]}, {"flux", object["spec"]}, {"variables", Value::list()}});
      by_file_[path].push_back({std::string(name_of(object)), std::string(namespace_of(object)), std::move(source)});
      return;
    }
    const Value& source = object["spec"]["source"];
    if (object["kind"].as_string() != "Application" || !source.is_map()) return;
    std::string_view url = source["repoURL"].as_string();
    if (url.ends_with(".git")) url.remove_suffix(4);
    if (!url.ends_with(repository_)) return;
    by_file_[path].push_back({std::string(name_of(object)), object["spec"]["destination"]["namespace"].str(), source});
  }

  const std::string repository_;
  std::map<std::string, std::vector<Application>> by_file_;
};

render::RenderInput input_of(const TreePtr& tree, const Application& application) {
  return {.tree = tree,
          .path = application.source["path"].str(),
          .source = application.source,
          .application = application.name,
          .ns = application.ns,
          .kube_version = "1.36.1"};
}

// How many rendered; with `told`, why each of the others did not.
size_t render_all(render::Memo& memo, const TreePtr& tree, const Applications& applications, bool told) {
  size_t good = 0;
  applications.each([&](const std::string& file, const Application& application) {
    auto rendered = memo.render(input_of(tree, application));
    good += rendered.has_value();
    if (!rendered && told) fmt::print("  {} ({}): {}\n", application.name, file, rendered.error().to_string());
  });
  return good;
}

int run(const std::string& directory, const std::string& bundle, const std::string& repository, size_t count) {
  git::GitRepositories repositories(git::Options{.directory = directory});
  std::string head = need(repositories.resolve(bundle, "HEAD"));
  auto commits = need(repositories.log(bundle, "", head, count + 1));
  {
    render::Memo memo;
    Applications now(repository);
    auto tree = need(repositories.tree(bundle, head));
    now.read_all(*tree);
    size_t all = 0;
    now.each([&](const std::string&, const Application&) { ++all; });
    auto start = Clock::now();
    size_t good = render_all(memo, tree, now, true);
    fmt::print("{} of {} Applications and Kustomizations render offline, in {:.3f} s\n", good, all, seconds_since(start));
    if (good == 0) return 1;
  }
  render::Memo memo;
  Applications applications(repository);
  double slowest = 0;
  auto start = Clock::now();
  for (size_t i = commits.size(); i-- > 0;) {
    auto began = Clock::now();
    auto tree = need(repositories.tree(bundle, commits[i].sha));
    if (i + 1 == commits.size()) {
      applications.read_all(*tree);
    } else {
      for (const std::string& path : need(repositories.changed_paths(bundle, commits[i + 1].sha, commits[i].sha)))
        applications.read(*tree, path);
    }
    render_all(memo, tree, applications, false);
    if (i + 1 != commits.size()) slowest = std::max(slowest, seconds_since(began));
  }
  double took = seconds_since(start);
  auto stats = memo.stats();
  fmt::print("{} commits in {:.3f} s, the slowest after the first in {:.0f} ms: {} renders done, {} saved by the memo ({:.1f} %)\n",
             commits.size() - 1, took, slowest * 1e3, stats.misses, stats.hits,
             100.0 * static_cast<double>(stats.hits) / static_cast<double>(stats.hits + stats.misses));
  return stats.hits > stats.misses ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print("usage: replay_bench BUNDLE HOST/OWNER/REPOSITORY [COMMITS]\n");
    return 2;
  }
  std::string directory = (std::filesystem::temp_directory_path() / "taut-replay-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 1;
  int code = run(directory, argv[1], argv[2], argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 200);
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return code;
}
