#include "tree/tree.hh"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tree/disk.hh"
#include "tree/memory.hh"
#include "tree/path.hh"
#include "tree/views.hh"

namespace taut {
namespace {

namespace fs = std::filesystem;

class TempFolder {
 public:
  TempFolder() {
    std::string name = (fs::temp_directory_path() / "taut-tree-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(const char* name) const { return path_ / name; }
  std::string str() const { return path_.string(); }
  void write(const char* name, std::string_view text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }

 private:
  fs::path path_;
};

std::string names(const Result<std::vector<TreeEntry>>& entries) {
  if (!entries) return entries.error().to_string();
  std::string out;
  for (auto& entry : *entries) out += entry.name + " ";
  return out;
}

TEST(Paths, clean_and_never_leave_the_root) {
  EXPECT_EQ(*clean_path("./a//b/../c/"), "a/c");
  EXPECT_EQ(*clean_path("."), "");
  EXPECT_EQ(clean_path("a/../../b").error().code(), Code::kForbidden);
  EXPECT_EQ(clean_path("/etc/passwd").error().code(), Code::kForbidden);
  EXPECT_EQ(parent_path("a/b"), "a");
  EXPECT_EQ(base_name("a/b"), "b");
  EXPECT_TRUE(is_inside("a/b", "a"));
  EXPECT_FALSE(is_inside("ab", "a"));
}

TEST(MemoryTree, lists_reads_and_follows_links_inside) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.file("app/web.yaml", "kind: Web"));
  ASSERT_TRUE(files.file("shared/base.yaml", "base", true));
  ASSERT_TRUE(files.symlink("app/base.yaml", "../shared/base.yaml"));
  ASSERT_TRUE(files.symlink("app/all", "../shared"));
  auto tree = files.build();
  EXPECT_EQ(names(tree->list("")), "app shared ");
  EXPECT_EQ(names(tree->list("app")), "all base.yaml web.yaml ");
  EXPECT_EQ(**tree->read("app/base.yaml"), "base");
  EXPECT_EQ(**tree->read("app/all/base.yaml"), "base");
  EXPECT_EQ(names(tree->list("app/all")), "base.yaml ");
  EXPECT_EQ(tree->stat("app/base.yaml")->type, TreeEntry::Type::kSymlink);
  EXPECT_TRUE(tree->stat("app/all/base.yaml")->executable);
  EXPECT_EQ(tree->read("app/none").error().code(), Code::kNotFound);
  EXPECT_EQ(tree->read("app").error().code(), Code::kNotFound);
  EXPECT_EQ(tree->list("app/web.yaml").error().code(), Code::kNotFound);
}

TEST(MemoryTree, refuses_links_that_lead_out_and_loops) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.symlink("a/out", "../../etc/passwd"));
  ASSERT_TRUE(files.symlink("a/abs", "/etc/passwd"));
  ASSERT_TRUE(files.symlink("a/hidden", "b/../../../x"));
  ASSERT_TRUE(files.folder("a/b"));
  ASSERT_TRUE(files.symlink("loop", "loop"));
  auto tree = files.build();
  for (const char* path : {"a/out", "a/abs", "a/hidden"}) {
    auto text = tree->read(path);
    EXPECT_EQ(text.error().code(), Code::kForbidden) << path;
    EXPECT_TRUE(text.error().message().find("illegal filepath in symlink") != std::string::npos);
  }
  EXPECT_EQ(tree->read("loop").error().code(), Code::kInvalid);
  EXPECT_EQ(tree->read("../x").error().code(), Code::kForbidden);
}

TEST(MemoryTree, id_follows_content) {
  auto one = memory_tree({{"a/x", "1"}, {"b/y", "2"}});
  auto same = memory_tree({{"b/y", "2"}, {"a/x", "1"}});
  auto other = memory_tree({{"a/x", "1"}, {"b/y", "3"}});
  EXPECT_EQ(*one->id(), *same->id());
  EXPECT_NE(*one->id(), *other->id());
  EXPECT_EQ(one->fingerprint("a")->hash, other->fingerprint("a")->hash);
  EXPECT_EQ(*(*sub_tree(one, "a"))->id(), *(*sub_tree(other, "a"))->id());
}

TEST(MemoryTree, refuses_a_file_above_the_limit) {
  auto tree = memory_tree({{"big.yaml", std::string((50u << 20) + 1, 'x')}, {"small.yaml", "x"}});
  auto text = tree->read("big.yaml");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), Code::kLimit);
  EXPECT_EQ(text.error().message(), "big.yaml: file is 52428801 bytes, above the limit of 50 MiB");
  EXPECT_TRUE(tree->read("small.yaml"));
}

TEST(MemoryTree, a_file_is_no_folder) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.file("a", "1"));
  EXPECT_EQ(files.file("a/b", "1").error().code(), Code::kInvalid);
  ASSERT_TRUE(files.folder("d"));
  EXPECT_EQ(files.file("d", "1").error().code(), Code::kInvalid);
}

TEST(DiskTree, reads_a_folder_and_stays_in_it) {
  TempFolder temp;
  temp.write("repo/app/web.yaml", "web");
  temp.write("repo/.git/config", "secret");
  temp.write("secret", "secret");
  fs::create_symlink("../../secret", temp / "repo/app/out.yaml");
  fs::create_symlink((temp / "secret").string(), temp / "repo/app/abs.yaml");
  fs::create_symlink("web.yaml", temp / "repo/app/in.yaml");
  fs::create_symlink("..", temp / "repo/app/up");
  ASSERT_EQ(::mkfifo((temp / "repo/app/pipe").c_str(), 0600), 0);
  auto tree = *disk_tree((temp / "repo").string());
  EXPECT_EQ(names(tree->list("")), "app ");
  EXPECT_EQ(names(tree->list("app")), "abs.yaml in.yaml out.yaml up web.yaml ");
  EXPECT_EQ(**tree->read("app/in.yaml"), "web");
  EXPECT_EQ(**tree->read("app/up/app/web.yaml"), "web");
  EXPECT_EQ(tree->read("app/out.yaml").error().code(), Code::kForbidden);
  EXPECT_EQ(tree->read("app/abs.yaml").error().code(), Code::kForbidden);
  EXPECT_EQ(tree->read("../secret").error().code(), Code::kForbidden);
  EXPECT_EQ(tree->read("app/pipe").error().code(), Code::kNotFound);
  EXPECT_EQ(tree->read(".git/config").error().code(), Code::kNotFound);
  auto before = *tree->id();
  temp.write("repo/app/web.yaml", "changed");
  EXPECT_NE(*tree->id(), before);
  EXPECT_EQ(disk_tree((temp / "none").string()).error().code(), Code::kNotFound);
}

TEST(DiskTree, refuses_a_file_above_the_limit) {
  TempFolder temp;
  temp.write("big.yaml", "");
  fs::resize_file(temp / "big.yaml", (50u << 20) + 1);
  EXPECT_EQ((*disk_tree(temp.str()))->read("big.yaml").error().code(), Code::kLimit);
}

TEST(SubTree, shows_one_folder_and_its_links_may_lead_to_the_rest) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.file("base/x.yaml", "x"));
  ASSERT_TRUE(files.symlink("app/x.yaml", "../base/x.yaml"));
  auto whole = files.build();
  auto app = *sub_tree(whole, "app");
  EXPECT_EQ(**app->read("x.yaml"), "x");
  EXPECT_EQ(app->stat("")->type, TreeEntry::Type::kFolder);
  EXPECT_EQ(app->read("../base/x.yaml").error().code(), Code::kForbidden);
  auto none = sub_tree(whole, "none");
  EXPECT_EQ(none.error().message(), "none: no such file or directory");
  EXPECT_EQ(sub_tree(whole, "base/x.yaml").error().code(), Code::kNotFound);
}

TEST(OverlayTree, adds_replaces_and_removes) {
  auto base = memory_tree({{"a/one", "1"}, {"a/two", "2"}, {"b/three", "3"}});
  auto tree = *overlay_tree(base, {{"a/two", "changed"}, {"b/three", std::nullopt}, {"c/d/new", "new"}});
  EXPECT_EQ(names(tree->list("")), "a c ");
  EXPECT_EQ(names(tree->list("a")), "one two ");
  EXPECT_EQ(names(tree->list("c")), "d ");
  EXPECT_EQ(**tree->read("a/one"), "1");
  EXPECT_EQ(**tree->read("a/two"), "changed");
  EXPECT_EQ(**tree->read("c/d/new"), "new");
  EXPECT_EQ(tree->read("b/three").error().code(), Code::kNotFound);
  EXPECT_EQ(tree->list("b").error().code(), Code::kNotFound);
  EXPECT_NE(*tree->id(), *base->id());
  EXPECT_EQ(*(*overlay_tree(base, {{"x", "1"}}))->id(), *(*overlay_tree(base, {{"x", "1"}}))->id());
  EXPECT_FALSE(overlay_tree(base, {{"../x", "1"}}));
}

TEST(OverlayTree, links_of_the_base_see_the_changed_files) {
  MemoryTreeBuilder files;
  ASSERT_TRUE(files.file("base/x", "old"));
  ASSERT_TRUE(files.symlink("app", "base"));
  auto tree = *overlay_tree(files.build(), {{"base/x", "new"}});
  EXPECT_EQ(**tree->read("app/x"), "new");
  EXPECT_EQ(**tree->read("base/x"), "new");
}

}  // namespace
}  // namespace taut
