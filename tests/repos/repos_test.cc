// Real organisations' repositories (Git bundles of the corpus): each folder of plain manifests renders or is
// refused with a place, and the memo gives over their history what a render gives.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "io/git/repositories.hh"
#include "render/memo.hh"
#include "render/render.hh"
#include "tree/path.hh"

namespace taut {
namespace {

namespace fs = std::filesystem;

class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "taut-repos-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Repos : public testing::Test {
 protected:
  // The bundle's place, or a skipped test.
  std::string bundle(const char* name) {
    const char* corpus = std::getenv("TAUT_CORPUS");
    fs::path root = corpus != nullptr ? fs::path(corpus) : fs::path(TAUT_SOURCE_DIR) / "../shared/corpus";
    fs::path file = root / "repos" / (std::string(name) + ".bundle");
    return fs::exists(file) ? file.lexically_normal().string() : "";
  }

  TempFolder temp;
  git::GitRepositories repositories{git::Options{.directory = temp.path()}};
};

bool has_manifest(const std::vector<TreeEntry>& entries) {
  return std::any_of(entries.begin(), entries.end(), [](const TreeEntry& e) {
    return e.type == TreeEntry::Type::kFile &&
           (e.name.ends_with(".yaml") || e.name.ends_with(".yml") || e.name.ends_with(".json"));
  });
}

bool has(const std::vector<TreeEntry>& entries, std::string_view name) {
  return std::any_of(entries.begin(), entries.end(), [&](const TreeEntry& e) { return e.name == name; });
}

// Folders with manifests that are neither charts nor below one, nor kustomizations.
void plain_folders(const Tree& tree, const std::string& folder, std::vector<std::string>& out) {
  auto entries = *tree.list(folder);
  if (has(entries, "Chart.yaml")) return;
  bool kustomize =
      has(entries, "kustomization.yaml") || has(entries, "kustomization.yml") || has(entries, "Kustomization");
  if (!kustomize && has_manifest(entries)) out.push_back(folder);
  for (const TreeEntry& entry : entries) {
    if (entry.type == TreeEntry::Type::kFolder) plain_folders(tree, join_path(folder, entry.name), out);
  }
}

bool same(const Result<std::shared_ptr<const render::Rendered>>& a, const Result<render::Rendered>& b) {
  if (a.has_value() != b.has_value()) return false;
  if (!a) return a.error().to_string() == b.error().to_string();
  if ((*a)->objects.size() != b->objects.size()) return false;
  for (size_t i = 0; i < b->objects.size(); ++i) {
    const auto &x = (*a)->objects[i], &y = b->objects[i];
    if (!(x.object == y.object) || x.origin.to_string() != y.origin.to_string()) return false;
  }
  return (*a)->warnings.size() == b->warnings.size();
}

TEST_F(Repos, every_plain_folder_of_the_argo_cd_examples_renders) {
  std::string url = bundle("argocd-example-apps");
  if (url.empty()) GTEST_SKIP() << "no corpus";
  std::string head = *repositories.resolve(url, "HEAD");
  auto tree = *repositories.tree(url, head);
  std::vector<std::string> folders;
  plain_folders(*tree, "", folders);
  EXPECT_EQ(folders, (std::vector<std::string>{"guestbook", "helm-hooks", "sock-shop/base", "sync-waves"}));
  for (const std::string& folder : folders) {
    auto rendered = render::render({.tree = tree, .path = folder});
    if (!rendered && rendered.error().code() == Code::kUnsupported) continue;  // Jsonnet
    ASSERT_TRUE(rendered) << folder << ": " << rendered.error().report();
    EXPECT_FALSE(rendered->objects.empty() && rendered->warnings.empty()) << folder;
  }
}

TEST_F(Repos, every_plain_folder_renders_or_is_refused_with_a_place) {
  for (const char* name : {"operate-first-apps", "k8s-gitops", "flux2-kustomize-helm-example"}) {
    std::string url = bundle(name);
    if (url.empty()) GTEST_SKIP() << "no corpus";
    auto tree = *repositories.tree(url, *repositories.resolve(url, "HEAD"));
    std::vector<std::string> folders;
    plain_folders(*tree, "", folders);
    size_t objects = 0, refused = 0;
    for (const std::string& folder : folders) {
      auto rendered = render::render({.tree = tree, .path = folder});
      if (rendered) {
        objects += rendered->objects.size();
        for (const auto& item : rendered->objects) EXPECT_NE(item.origin.line, 0u) << item.origin.to_string();
        continue;
      }
      ++refused;
      fmt::print("  {}\n", rendered.error().to_string());
      EXPECT_TRUE(rendered.error().code() == Code::kInvalid || rendered.error().code() == Code::kUnsupported)
          << rendered.error().report();
      EXPECT_FALSE(rendered.error().position().file.empty()) << rendered.error().report();
    }
    fmt::print("{}: {} folders, {} objects, {} refused\n", name, folders.size(), objects, refused);
    EXPECT_GT(objects, 0u);
  }
}

TEST_F(Repos, over_the_history_the_memo_gives_what_a_render_gives) {
  std::string url = bundle("operate-first-apps");
  if (url.empty()) GTEST_SKIP() << "no corpus";
  std::string head = *repositories.resolve(url, "HEAD");
  auto commits = *repositories.log(url, "", head, 25);
  render::Memo memo;
  size_t renders = 0;
  for (auto commit = commits.rbegin(); commit != commits.rend(); ++commit) {
    auto tree = *repositories.tree(url, commit->sha);
    std::vector<std::string> folders;
    plain_folders(*tree, "", folders);
    for (const std::string& folder : folders) {
      ++renders;
      ASSERT_TRUE(same(memo.render({.tree = tree, .path = folder}), render::render({.tree = tree, .path = folder})))
          << commit->sha << " " << folder;
    }
  }
  auto stats = memo.stats();
  fmt::print("{} renders over {} commits: {} from the memo, {} made\n", renders, commits.size(), stats.hits,
             stats.misses);
  EXPECT_GT(stats.hits, stats.misses);
}

}  // namespace
}  // namespace taut
