#include "tree/disk.hh"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "base/strings.hh"
#include "tree/linked.hh"
#include "tree/path.hh"

namespace taut {

namespace {

using Type = TreeEntry::Type;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

Failure system_error(std::string_view path, int error) {
  Code code = error == ENOENT || error == ENOTDIR ? Code::kNotFound
              : error == EACCES || error == EPERM ? Code::kForbidden
                                                  : Code::kUnavailable;
  return fail(code, "{}: {}", path.empty() ? "." : path, std::strerror(error));
}

std::optional<TreeEntry> entry_of(std::string_view name, const struct stat& info) {
  TreeEntry entry{.name = std::string(name)};
  if (S_ISREG(info.st_mode)) {
    entry.executable = (info.st_mode & S_IXUSR) != 0;
    entry.size = static_cast<uint64_t>(info.st_size);
  } else if (S_ISDIR(info.st_mode)) {
    entry.type = Type::kFolder;
  } else if (S_ISLNK(info.st_mode)) {
    entry.type = Type::kSymlink;
  } else {
    return std::nullopt;
  }
  return entry;
}

bool in_git_folder(std::string_view path) {
  for (std::string_view part : split(path, '/')) {
    if (part == ".git") return true;
  }
  return false;
}

class DiskTree final : public LinkedTree {
 public:
  explicit DiskTree(Descriptor root) : root_(std::move(root)) {}

  Result<Hash128> id() const override { return hash_folder(*this, ""); }

 protected:
  Result<std::optional<TreeEntry>> look(std::string_view path) const override {
    auto nothing = std::optional<TreeEntry>();
    if (path.empty()) return std::optional(TreeEntry{.type = Type::kFolder});
    if (in_git_folder(path)) return nothing;
    auto folder = open_folder(parent_path(path));
    if (!folder)
      return folder.error().code() == Code::kNotFound ? Result<std::optional<TreeEntry>>(nothing)
                                                      : Failure(folder.error());
    std::string name(base_name(path));
    struct stat info;
    if (::fstatat(folder->get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return nothing;
      return system_error(path, errno);
    }
    return entry_of(name, info);
  }

  Result<std::vector<TreeEntry>> entries(std::string_view path) const override {
    TAUT_ASSIGN(auto folder, open_folder(path));
    DIR* stream = ::fdopendir(folder.get());
    if (stream == nullptr) return system_error(path, errno);
    folder.release();
    std::vector<TreeEntry> out;
    while (dirent* item = ::readdir(stream)) {
      std::string_view name = item->d_name;
      struct stat info;
      if (name == "." || name == ".." || name == ".git") continue;
      if (::fstatat(::dirfd(stream), item->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;  // gone meanwhile
      if (auto entry = entry_of(name, info)) out.push_back(std::move(*entry));
    }
    ::closedir(stream);
    std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.name < b.name; });
    return out;
  }

  Result<FileText> bytes(std::string_view path) const override {
    TAUT_ASSIGN(auto folder, open_folder(parent_path(path)));
    std::string name(base_name(path));
    Descriptor file(::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) return system_error(path, errno);
    struct stat info;
    if (::fstat(file.get(), &info) != 0) return system_error(path, errno);
    auto size = static_cast<uint64_t>(info.st_size);
    if (size > kMaxFileSize) return too_big(path, size);
    auto text = std::make_shared<std::string>();
    text->reserve(size);
    char block[65536];
    // Read to the end rather than to the size: the file may be growing.
    for (;;) {
      ssize_t got = ::read(file.get(), block, sizeof block);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error(path, errno);
      if (got == 0) return FileText(std::move(text));
      text->append(block, static_cast<size_t>(got));
      if (text->size() > kMaxFileSize) return too_big(path, text->size());
    }
  }

  Result<std::string> target(std::string_view path) const override {
    TAUT_ASSIGN(auto folder, open_folder(parent_path(path)));
    char text[4096];
    ssize_t length = ::readlinkat(folder.get(), std::string(base_name(path)).c_str(), text, sizeof text);
    if (length < 0) return system_error(path, errno);
    return std::string(text, static_cast<size_t>(length));
  }

  Result<Hash128> content(std::string_view path, const TreeEntry& entry) const override {
    if (entry.type != Type::kFile)
      return fail(Code::kUnsupported, "{}: a folder on disk has no name by content", path);
    TAUT_ASSIGN(auto text, bytes(path));
    return hash128(*text);
  }

 private:
  // No part of the path may be a symlink: O_NOFOLLOW with O_DIRECTORY answers ENOTDIR (or ELOOP) for one, which is to
  // say that nothing is there.
  Result<Descriptor> open_folder(std::string_view path) const {
    std::string name(path.empty() ? "." : path);
    open_how how{.flags = kFolderFlags, .mode = 0, .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH};
    Descriptor folder(static_cast<int>(::syscall(SYS_openat2, root_.get(), name.c_str(), &how, sizeof how)));
    // A kernel before 5.6, or a container that refuses what it does not know.
    if (!folder && (errno == ENOSYS || errno == EPERM)) folder = walk_to_folder(path);
    if (folder) return folder;
    return system_error(path, errno == ELOOP ? ENOTDIR : errno);
  }

  Descriptor walk_to_folder(std::string_view path) const {
    Descriptor here(::openat(root_.get(), ".", kFolderFlags));
    if (path.empty()) return here;
    for (std::string_view part : split(path, '/')) {
      if (!here) break;
      here = Descriptor(::openat(here.get(), std::string(part).c_str(), kFolderFlags));
    }
    return here;
  }

  static constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

  Descriptor root_;
};

}  // namespace

Result<TreePtr> disk_tree(const std::string& folder) {
  Descriptor root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return system_error(folder, errno);
  return std::make_shared<DiskTree>(std::move(root));
}

}  // namespace taut
