#include "kustomize/loader.hh"

#include "base/strings.hh"
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

Result<Files*> Files::repository(const RemoteFolder& folder) {
  if (first_ != nullptr) return first_->repository(folder);
  std::string& commit = commits_[folder.repository + '?' + folder.ref];
  if (commit.empty()) {
    TAUT_ASSIGN(commit, remotes_->resolve(folder.repository, folder.ref));
  }
  std::string name = folder.repository + '@' + commit;
  auto& known = repositories_[name];
  if (!known) {
    TAUT_ASSIGN(TreePtr tree, remotes_->tree(folder.repository, commit));
    known.reset(new Files(std::move(tree), name, folder.repository + "//", *this));
  }
  return known.get();
}

Result<FileText> Files::download(const std::string& url) {
  if (first_ != nullptr) return first_->download(url);
  if (remotes_ == nullptr)
    return fail(Error(Code::kUnsupported, fmt::format("Get \"{}\": remote files are not fetched", url))
                    .with_hint("keep a copy of the file in the repository"));
  auto known = downloads_.find(url);
  if (known != downloads_.end()) return known->second;
  auto got = remotes_->file(url);
  Result<FileText> text = got ? Result<FileText>(std::make_shared<const std::string>(std::move(*got))) : fail(got.error());
  if (!got && got.error().code() == Code::kNotFound)
    text = is_git_url(url) ? fail(Code::kNotFound, "URL is a git repository")
                           : fail(Code::kNotFound, "{}: {}", kHttpError, got.error().message());
  downloads_.emplace(url, text);
  return text;
}

std::string Loader::place() const {
  if (files_->name().empty()) return folder_;
  return folder_.empty() ? files_->name() : files_->name() + '/' + folder_;
}

Result<Loader> Loader::root(Files& files, std::string_view path, LoadRestriction restriction, std::string named) {
  // Only what somebody has typed may be a URL: a folder of a repository can be called as one.
  if (auto remote = parse_git_url(named)) {
    if (files.reaches_out()) return enter_repository(files, named, *remote, nullptr);
    return fail(Code::kUnsupported, "'{}' is a remote kustomization: clone it and build the folder", named);
  }
  if (named.empty()) named = path;
  auto found = files.resolve(join_clean("", path), named);
  if (!found)
    return fail(Error(found.error().code(), "must build at directory: not a valid directory: " +
                                                found.error().message()));
  if (!found->folder) return fail(Code::kInvalid, "must build at directory: '{}': file is not directory", named);
  return Loader(files, std::move(found->path), restriction, nullptr);
}

Status Loader::check_cycle(const std::string& place) const {
  for (const Loader* at = this; at != nullptr; at = at->referrer_) {
    if (!is_inside(at->place(), place)) continue;
    std::string_view folder = place;
    if (!files_->name().empty()) folder.remove_prefix(std::min(folder.size(), files_->name().size() + 1));
    return fail(Code::kInvalid, "cycle detected: candidate root '{}' contains visited root '{}'", files_->shown(folder), at->shown());
  }
  return {};
}

Status Loader::check_repository_cycle(std::string_view url) const {
  for (const Loader* at = this; at != nullptr; at = at->referrer_)
    if (!at->url_.empty() && at->url_.starts_with(url))
      return fail(Code::kInvalid, "cycle detected: URI '{}' referenced by previous URI '{}'", url, at->url_);
  return {};
}

Result<Loader> Loader::enter_repository(Files& files, std::string_view url, const RemoteFolder& remote,
                                        const Loader* referrer) {
  if (referrer != nullptr) TAUT_TRY(referrer->check_repository_cycle(url));
  auto fetched = files.repository(remote);
  if (!fetched)
    return fail(Error(fetched.error()).with_message(fmt::format("failed to fetch '{}': {}", url, fetched.error().message())));
  std::string named = (*fetched)->shown(remote.path);
  TAUT_ASSIGN(Files::Found found, (*fetched)->resolve(join_clean("", remote.path), named));
  if (!found.folder) return fail(Code::kInvalid, "'{}' refers to file '{}'; expecting directory", named, base_name(found.path));
  Loader out(**fetched, std::move(found.path), LoadRestriction::kRootOnly, referrer);
  out.url_ = url;
  return out;
}

std::string Loader::told(std::string_view path) const {
  if (files_->name().empty() || is_http_url(path)) return std::string(path);
  return files_->name() + "//" + std::string(path);
}

Result<Loader> Loader::enter(std::string_view path) const {
  if (path.empty()) return fail(Code::kInvalid, "new root cannot be empty");
  auto remote = parse_git_url(path);
  if (remote && files_->reaches_out()) return enter_repository(*files_, path, *remote, this);
  if (remote || is_http_url(path)) {
    return fail(Error(Code::kUnsupported, fmt::format("remote kustomization '{}' is not fetched", path))
                    .with_hint("keep a copy of it in the repository and refer to that folder"));
  }
  if (path.starts_with('/')) return fail(Code::kInvalid, "new root '{}' cannot be absolute", path);
  std::string joined = join_clean(folder_, path);
  if (!files_->name().empty() && !clean_path(join_path(folder_, path)))
    return fail(Code::kForbidden,
                "security; bases in kustomizations found in cloned git repos must be within the repo, but base '{}' is outside '{}'",
                path, files_->shown(""));
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
  if (is_http_url(path)) return files_->download(std::string(path));
  TAUT_ASSIGN(std::string located, locate(path));
  return files_->read(located);
}

}  // namespace taut::kustomize
