#include "tree/tree.hh"

#include "tree/path.hh"

namespace taut {

namespace {

// Hashes everything below a folder into one text: type, mode, name and content of each entry.
Status describe_folder(const Tree& tree, std::string_view folder, std::string& out) {
  TAUT_ASSIGN(auto entries, tree.list(folder));
  for (const TreeEntry& entry : entries) {
    std::string path = join_path(folder, entry.name);
    std::string content;
    switch (entry.type) {
      case TreeEntry::Type::kFile: {
        TAUT_ASSIGN(auto text, tree.read(path));
        content = hash128(*text).hex();
        break;
      }
      case TreeEntry::Type::kFolder: {
        std::string below;
        TAUT_TRY(describe_folder(tree, path, below));
        content = hash128(below).hex();
        break;
      }
      case TreeEntry::Type::kSymlink: {
        TAUT_ASSIGN(content, tree.link(path));
        break;
      }
      case TreeEntry::Type::kSubmodule: break;
    }
    fmt::format_to(std::back_inserter(out), "{}{}{}:{}\n{}:{}\n", static_cast<int>(entry.type),
                   entry.executable ? 'x' : '-', entry.name.size(), entry.name, content.size(), content);
  }
  return {};
}

}  // namespace

Result<Hash128> hash_folder(const Tree& tree, std::string_view folder) {
  std::string below = "folder\n";
  TAUT_TRY(describe_folder(tree, folder, below));
  return hash128(below);
}

Result<Fingerprint> Tree::fingerprint(std::string_view path) const {
  auto text = read(path);
  if (text) return Fingerprint{hash128(**text), true};
  if (text.error().code() != Code::kNotFound) return Failure(text.error());
  TAUT_TRY(list(path));
  return fail(Code::kUnsupported, "{}: this tree does not name its folders", path);
}

Result<std::string> Tree::link(std::string_view path) const {
  return fail(Code::kNotFound, "{}: not a symlink", path);
}

Result<std::string> Tree::submodule(std::string_view path) const { return fail(Code::kNotFound, "{}: not a submodule", path); }

}  // namespace taut
