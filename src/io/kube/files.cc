#include "io/kube/files.hh"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/strings.hh"

namespace taut::kube {
namespace {

Failure refused(const char* doing, const std::string& path) {
  Code code = errno == ENOENT ? Code::kNotFound : errno == EACCES ? Code::kForbidden : Code::kInvalid;
  return fail(code, "{} {}: {}", doing, path, to_lower(std::strerror(errno)));
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return refused("open", path);
  std::string out;
  char bytes[16384];
  for (;;) {
    ssize_t got = read(file, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      auto failure = refused("read", path);
      close(file);
      return failure;
    }
    if (got == 0) break;
    out.append(bytes, static_cast<size_t>(got));
  }
  close(file);
  return out;
}

}  // namespace taut::kube
