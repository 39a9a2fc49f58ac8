// What a commit costs when ten thousand applications live in one repository: the first render of all, then a commit
// that touches one of them, through the memo. The real tools render every application again (argo-cd issue 4583).
#include <stdlib.h>

#include <chrono>
#include <filesystem>

#include "io/git/repositories.hh"
#include "io/git/workspace.hh"
#include "render/memo.hh"

namespace {

using namespace taut;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string folder(int i) { return fmt::format("clusters/c{:02}/apps/app-{:05}", i % 20, i); }

git::FileChanges manifests(int i, int replicas) {
  std::string deployment = fmt::format(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{0}\n  labels: {{app: app-{0}}}\nspec:\n  replicas: {1}\n"
      "  selector:\n    matchLabels: {{app: app-{0}}}\n  template:\n    metadata:\n      labels: {{app: app-{0}}}\n    spec:\n"
      "      containers:\n      - name: web\n        image: example.org/web:1.0.{0}\n        ports:\n        - containerPort: 8080\n",
      i, replicas);
  std::string service = fmt::format(
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: app-{0}\nspec:\n  selector: {{app: app-{0}}}\n  ports:\n  - port: 80\n    targetPort: 8080\n", i);
  return {{folder(i) + "/deployment.yaml", deployment}, {folder(i) + "/service.yaml", service}};
}

// Renders every application; gives the seconds it took.
double render_all(render::Memo& memo, const TreePtr& tree, int count) {
  auto start = Clock::now();
  for (int i = 0; i < count; ++i) {
    auto rendered = memo.render({.tree = tree, .path = folder(i), .application = fmt::format("app-{}", i)});
    if (!rendered || (*rendered)->objects.size() != 2) {
      fmt::print("{}: {}\n", folder(i), rendered ? "wrong number of objects" : rendered.error().report());
      std::exit(1);
    }
  }
  return seconds_since(start);
}

template <class T>
T need(Result<T> result) {
  if (result) return std::move(*result);
  fmt::print("{}\n", result.error().report());
  std::exit(1);
}

int run(const std::string& directory, int count) {
  std::string url = directory + "/origin.git";
  auto origin = need(git::GitWorkspace::init(url));
  git::FileChanges all;
  for (int i = 0; i < count; ++i) all.merge(manifests(i, 1));
  need(origin.commit("main", all, {.message = "all"}));

  git::GitRepositories repositories(git::Options{.directory = directory + "/stores"});
  render::Memo memo;
  auto start = Clock::now();
  auto first = need(repositories.tree(url, need(repositories.resolve(url, "main"))));
  fmt::print("first fetch                      {:8.3f} s\n", seconds_since(start));
  double cold = render_all(memo, first, count);
  fmt::print("first render of {:6}           {:8.3f} s  {:8.1f} us each\n", count, cold, cold / count * 1e6);
  auto stats = memo.stats();

  need(origin.commit("main", manifests(count / 2, 2), {.message = "one"}));
  start = Clock::now();
  auto next = need(repositories.tree(url, need(repositories.resolve(url, "main"))));
  double fetch = seconds_since(start);
  fmt::print("poll and fetch of a small commit {:8.3f} s\n", fetch);
  double warm = render_all(memo, next, count);
  auto after = memo.stats();
  fmt::print("commit that touches one of them  {:8.3f} s  {:8.1f} us each, {} rendered\n", warm, warm / count * 1e6, after.misses - stats.misses);
  double same = render_all(memo, next, count);
  fmt::print("the same commit once more        {:8.3f} s  {:8.1f} us each\n", same, same / count * 1e6);
  fmt::print("memo: {} entries, about {} MiB\n", after.entries, after.bytes >> 20);
  bool good = after.misses - stats.misses == 1 && warm < cold / 3;
  fmt::print("{}\n", good ? "ok: only what changed was rendered" : "MISSED: more was rendered than changed, or it took too long");
  return good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string directory = (std::filesystem::temp_directory_path() / "taut-monorepo-XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) return 1;
  int code = run(directory, argc > 1 ? std::atoi(argv[1]) : 10000);
  std::filesystem::remove_all(directory);
  return code;
}
