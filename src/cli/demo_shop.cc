#include "cli/demo_shop.hh"

#include "base/strings.hh"
#include "embedded/examples.hh"
#include "tree/archive.hh"
#include "yaml/reader.hh"

namespace taut::cli {
namespace {

constexpr const char* kBranch = "main";

// All files below a folder of a tree, with the URL put where it belongs.
Status collect(const Tree& tree, const std::string& folder, const std::string& url, git::FileChanges& out) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    std::string path = folder.empty() ? entry.name : folder + '/' + entry.name;
    if (entry.type == TreeEntry::Type::kFolder) {
      TAUT_TRY(collect(tree, path, url, out));
    } else {
      TAUT_ASSIGN(FileText text, tree.read(path));
      out[path] = replace_all(*text, "{{repository}}", url);
    }
  }
  return {};
}

}  // namespace

Result<Shop> Shop::create(const std::string& folder) {
  TAUT_ASSIGN(TreePtr examples, read_archive(embedded::examples()));
  TAUT_ASSIGN(auto workspace, git::GitWorkspace::init(folder + "/shop.git", kBranch));
  Shop shop(std::move(workspace), "file://" + folder + "/shop.git");
  git::FileChanges files;
  TAUT_TRY(collect(*examples, "", shop.url_, files));
  auto root = files.extract("shop.yaml");
  if (root.empty()) return fail(Code::kInternal, "examples/shop.yaml was not compiled in");
  TAUT_ASSIGN(Document document, parse_yaml_document(*root.mapped()));
  shop.root_ = document.root;
  shop.files_ = files.size();
  TAUT_TRY(shop.commit(files, "the shop opens"));
  return shop;
}

Result<Shop::Change> Shop::commit(const git::FileChanges& changes, const std::string& message) {
  TAUT_ASSIGN(auto sha, workspace_.commit(kBranch, changes, {.message = message}));
  return Change{std::move(sha), message};
}

Result<Shop::Change> Shop::edit(const std::string& file, const std::string& from, const std::string& to,
                                const std::string& message) {
  TAUT_ASSIGN(auto tip, workspace_.tip(kBranch));
  TAUT_ASSIGN(TreePtr tree, workspace_.tree(tip));
  TAUT_ASSIGN(FileText text, tree->read(file));
  if (!contains(*text, from)) return fail(Code::kInternal, "examples/{} does not hold {}", file, quote(from));
  return commit({{file, replace_all(*text, from, to)}}, message);
}

Result<Shop::Change> Shop::remove(const std::string& file, const std::string& message) {
  return commit({{file, std::nullopt}}, message);
}

}  // namespace taut::cli
