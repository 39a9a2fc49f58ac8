#include "tree/linked.hh"

#include <deque>

#include "base/strings.hh"
#include "tree/path.hh"

namespace taut {

namespace {

constexpr int kMaxLinks = 40;  // as Linux

Failure not_there(std::string_view path) {
  return fail(Code::kNotFound, "{}: no such file or directory", path.empty() ? "." : path);
}

// Puts the parts of a symlink's text in front of what is left to walk. `walked` are the parts of the folder that
// holds the link; each ".." takes one away. False when it leads out of the root.
bool splice(std::string_view text, std::vector<std::string>& walked, std::deque<std::string>& left) {
  if (text.starts_with('/')) return false;
  std::vector<std::string> inner;
  for (std::string_view part : split(text, '/')) {
    if (!part.empty() && part != ".") inner.emplace_back(part);
  }
  // Leading ".." are taken here, so that a link out of the root is told by its own name.
  size_t up = 0;
  while (up < inner.size() && inner[up] == "..") {
    if (walked.empty()) return false;
    walked.pop_back();
    ++up;
  }
  left.insert(left.begin(), inner.begin() + up, inner.end());
  return true;
}

}  // namespace

Failure too_big(std::string_view path, uint64_t size, uint64_t limit) {
  return fail(Code::kLimit, "{}: file is {} bytes, above the limit of {} MiB", path, size, limit >> 20);
}

Result<LinkedTree::Found> LinkedTree::find(std::string_view path, bool follow_last) const {
  if (!is_clean_path(path)) {
    TAUT_ASSIGN(auto cleaned, clean_path(path));
    return find(cleaned, follow_last);
  }
  // Where the exact path holds a file or folder there was no link on the way.
  TAUT_ASSIGN(auto exact, look(path));
  if (exact && (exact->type != TreeEntry::Type::kSymlink || !follow_last)) {
    return Found{std::string(path), std::move(*exact), false};
  }
  return find_through_links(path, follow_last);
}

Result<LinkedTree::Found> LinkedTree::find_through_links(std::string_view path, bool follow_last) const {
  std::vector<std::string> walked;
  std::deque<std::string> left;
  for (std::string_view part : split(path, '/')) left.emplace_back(part);
  Found found{"", {.type = TreeEntry::Type::kFolder}, false};
  int links = 0;
  while (!left.empty()) {
    std::string part = std::move(left.front());
    left.pop_front();
    if (part == "..") {
      if (walked.empty())
        return fail(Code::kForbidden, "illegal filepath in symlink at {}: it leads out of the repository",
                    quote(path));
      walked.pop_back();
      found.path = join(walked, "/");
      continue;
    }
    std::string here = join_path(join(walked, "/"), part);
    TAUT_ASSIGN(auto entry, look(here));
    if (!entry) return not_there(path);
    if (entry->type == TreeEntry::Type::kSymlink && (follow_last || !left.empty())) {
      if (++links > kMaxLinks) return fail(Code::kInvalid, "{}: too many levels of symbolic links", path);
      TAUT_ASSIGN(auto text, target(here));
      if (!splice(text, walked, left)) {
        return fail(Code::kForbidden, "illegal filepath in symlink at {}: {} leads out of the repository",
                    quote(here), quote(text));
      }
      found.through_symlink = true;
      found.path = join(walked, "/");
      found.entry = {.name = "", .type = TreeEntry::Type::kFolder};
      continue;
    }
    walked.push_back(std::move(part));
    found.path = std::move(here);
    found.entry = std::move(*entry);
  }
  // A link that ends in ".." or names the root leaves the entry of the folder to be told.
  TAUT_ASSIGN(auto last, look(found.path));
  if (!last) return not_there(path);
  found.entry = std::move(*last);
  return found;
}

Result<std::vector<TreeEntry>> LinkedTree::list(std::string_view folder) const {
  TAUT_ASSIGN(auto found, find(folder, true));
  if (found.entry.type == TreeEntry::Type::kSubmodule) {
    return fail(Code::kUnsupported, "{}: is a Git submodule that is not fetched", folder);
  }
  if (found.entry.type != TreeEntry::Type::kFolder) return fail(Code::kNotFound, "{}: not a directory", folder);
  return entries(found.path);
}

Result<FileText> LinkedTree::read(std::string_view path) const {
  TAUT_ASSIGN(auto found, find(path, true));
  if (found.entry.type != TreeEntry::Type::kFile) {
    return fail(Code::kNotFound, "{}: is a directory", path.empty() ? "." : path);
  }
  return bytes(found.path);
}

Result<TreeEntry> LinkedTree::stat(std::string_view path) const {
  TAUT_ASSIGN(auto found, find(path, false));
  return std::move(found.entry);
}

Result<Fingerprint> LinkedTree::fingerprint(std::string_view path) const {
  TAUT_ASSIGN(auto found, find(path, true));
  TAUT_ASSIGN(auto hash, content(found.path, found.entry));
  return Fingerprint{hash, found.through_symlink};
}

Result<std::string> LinkedTree::link(std::string_view path) const {
  TAUT_ASSIGN(auto found, find(path, false));
  if (found.entry.type != TreeEntry::Type::kSymlink) return fail(Code::kNotFound, "{}: not a symlink", path);
  return target(found.path);
}

}  // namespace taut
