#include "kustomize/loader.hh"

#include "base/strings.hh"
#include "kustomize/remote.hh"
#include "tree/path.hh"

namespace taut::kustomize {
namespace {

constexpr int kMaxLinks = 255;  // as Go's filepath.EvalSymlinks

Failure not_found(const Files& files, const std::string& named, std::string_view path) {
  return fail(Code::kNotFound, "evalsymlink failure on '{}' : lstat {}: no such file or directory", named,
              files.shown(path));
}

}  // namespace

std::string join_clean(std::string_view folder, std::string_view path) {
  std::vector<std::string_view> parts;
  auto add = [&](std::string_view text) {
    for (std::string_view part : split(text, '/')) {
      if (part.empty() || part == ".") continue;
      if (part != "..") parts.push_back(part);
      else if (!parts.empty()) parts.pop_back();
    }
  };
  add(folder);
  add(path);
  return join(parts, "/");
}

std::string Files::shown(std::string_view path) const {
  if (path.empty()) return prefix_.empty() ? "." : prefix_;
  return prefix_ + std::string(path);
}

Result<Files::Is> Files::look(const std::string& path) {
  if (path.empty()) return Is::kFolder;
  auto known = known_.find(path);
  if (known != known_.end()) return known->second;
  auto entry = tree_.stat(path);
  Is is = Is::kMissing;
  if (entry) {
    is = entry->type == TreeEntry::Type::kSymlink  ? Is::kSymlink
         : entry->type == TreeEntry::Type::kFolder ? Is::kFolder
         : entry->type == TreeEntry::Type::kFile   ? Is::kFile
                                                   : Is::kMissing;
  } else if (entry.error().code() != Code::kNotFound && entry.error().code() != Code::kInvalid) {
    return fail(entry.error());
  }
  known_.emplace(path, is);
  return is;
}

Result<Files::Found> Files::resolve(const std::string& path, const std::string& named) {
  std::string done, todo = path;
  Is is = Is::kFolder;
  for (int links = 0; !todo.empty();) {
    size_t slash = todo.find('/');
    std::string part = todo.substr(0, slash);
    todo = slash == std::string::npos ? "" : todo.substr(slash + 1);
    std::string next = join_path(done, part);
    TAUT_ASSIGN(is, look(next));
    if (is == Is::kMissing) return not_found(*this, named, next);
    if (is == Is::kFile && !todo.empty())
      return fail(Code::kNotFound, "evalsymlink failure on '{}' : not a directory", named);
    if (is != Is::kSymlink) {
      done = std::move(next);
      continue;
    }
    if (++links > kMaxLinks)
      return fail(Code::kInvalid, "evalsymlink failure on '{}' : EvalSymlinks: too many links", named);
    TAUT_ASSIGN(std::string target, tree_.link(next));
    todo = join_clean(target.starts_with('/') ? std::string_view() : std::string_view(done), target + "/" + todo);
    done.clear();
    is = Is::kFolder;
  }
  return Found{done, is == Is::kFolder};
}

Result<FileText> Files::read(const std::string& path) {
  auto text = tree_.read(path);
  if (text || text.error().code() != Code::kNotFound) return text;
  auto is = look(path);
  if (is && *is == Is::kFolder) return fail(Code::kNotFound, "read {}: is a directory", shown(path));
  return fail(Code::kNotFound, "open {}: no such file or directory", shown(path));
}

Result<Loader> Loader::root(Files& files, std::string_view path, LoadRestriction restriction, std::string named) {
  if (is_git_url(named))
    return fail(Code::kUnsupported, "'{}' is a remote kustomization: clone it and build the folder", named);
  auto found = files.resolve(join_clean("", path), named);
  if (!found)
    return fail(Error(found.error().code(), "must build at directory: not a valid directory: " +
                                                found.error().message()));
  if (!found->folder) return fail(Code::kInvalid, "must build at directory: '{}': file is not directory", named);
  return Loader(files, std::move(found->path), restriction, nullptr);
}

Status Loader::check_cycle(const std::string& folder) const {
  for (const Loader* at = this; at != nullptr; at = at->referrer_) {
    if (!is_inside(at->folder_, folder)) continue;
    return fail(Code::kInvalid, "cycle detected: candidate root '{}' contains visited root '{}'",
                files_->shown(folder), files_->shown(at->folder_));
  }
  return {};
}

Result<Loader> Loader::enter(std::string_view path) const {
  if (path.empty()) return fail(Code::kInvalid, "new root cannot be empty");
  if (is_git_url(path) || is_http_url(path)) {
    return fail(Error(Code::kUnsupported, fmt::format("remote kustomization '{}' is not fetched", path))
                    .with_hint("keep a copy of it in the repository and refer to that folder"));
  }
  if (path.starts_with('/')) return fail(Code::kInvalid, "new root '{}' cannot be absolute", path);
  std::string joined = join_clean(folder_, path);
  auto found = files_->resolve(joined, files_->shown(joined));
  if (!found)
    return fail(Error(found.error().code(), "must build at directory: not a valid directory: " +
                                                found.error().message()));
  if (!found->folder)
    return fail(Code::kInvalid, "must build at directory: '{}': file is not directory", files_->shown(joined));
  TAUT_TRY(check_cycle(found->path));
  return Loader(*files_, std::move(found->path), restriction_, this);
}

Result<std::string> Loader::locate(std::string_view path) const {
  if (is_http_url(path))
    return fail(Error(Code::kUnsupported, fmt::format("Get \"{}\": remote files are not fetched", path))
                    .with_hint("keep a copy of the file in the repository"));
  bool absolute = path.starts_with('/');
  std::string joined = join_clean(absolute ? std::string_view() : std::string_view(folder_), path);
  if (restriction_ == LoadRestriction::kNone) return joined;
  std::string named = files_->shown(joined);
  TAUT_ASSIGN(Files::Found found, files_->resolve(joined, named));
  if (found.folder) return fail(Code::kInvalid, "'{}' must resolve to a file", named);
  if (!is_inside(parent_path(found.path), folder_))
    return fail(Code::kForbidden, "security; file '{}' is not in or below '{}'", named, shown());
  return std::move(found.path);
}

Result<FileText> Loader::load(std::string_view path) const {
  TAUT_ASSIGN(std::string located, locate(path));
  return files_->read(located);
}

}  // namespace taut::kustomize
