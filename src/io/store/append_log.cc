#include "io/store/append_log.hh"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/hash.hh"

namespace taut::store {
namespace {

// Before each record. The sum tells a record from what is left of one.
struct Head {
  uint32_t size;
  uint32_t sum;
};

uint32_t sum_of(std::string_view record) { return static_cast<uint32_t>(hash64(record)) ^ static_cast<uint32_t>(record.size()); }

Error error_of(int number, std::string_view doing) {
  if (number == ENOSPC || number == EDQUOT || number == EFBIG)
    return Error(Code::kLimit, fmt::format("{}: no space is left on the disk", doing));
  return Error(Code::kUnavailable, fmt::format("{}: {}", doing, std::strerror(number)));
}

// The file as bytes, for as long as this lives.
class Mapped {
 public:
  Mapped(int file, size_t size) : size_(size), data_(size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0)) {}
  ~Mapped() {
    if (size_ != 0 && data_ != MAP_FAILED) ::munmap(data_, size_);
  }
  bool failed() const { return data_ == MAP_FAILED; }
  std::string_view text() const { return {static_cast<const char*>(data_), size_}; }

 private:
  size_t size_;
  void* data_;
};

}  // namespace

Result<std::unique_ptr<AppendLog>> AppendLog::open(const std::string& path) {
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  struct stat about {};
  if (file < 0 || ::fstat(file, &about) != 0) {
    Error error(Code::kForbidden, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
    if (file >= 0) ::close(file);
    return fail(std::move(error));
  }
  return std::unique_ptr<AppendLog>(new AppendLog(file, static_cast<uint64_t>(about.st_size)));
}

AppendLog::~AppendLog() { ::close(file_); }

Status AppendLog::append(std::string_view head, std::string_view body) {
  if (broken_) return fail(error_of(EIO, "cannot write the data file"));
  scratch_.assign(sizeof(Head), '\0');
  scratch_.append(head).append(body);
  std::string_view record = std::string_view(scratch_).substr(sizeof(Head));
  const Head about{static_cast<uint32_t>(record.size()), sum_of(record)};
  std::memcpy(scratch_.data(), &about, sizeof about);
  size_t done = 0;
  while (done < scratch_.size()) {
    ssize_t wrote = ::write(file_, scratch_.data() + done, scratch_.size() - done);
    if (wrote > 0) {
      done += static_cast<size_t>(wrote);
      continue;
    }
    if (wrote < 0 && errno == EINTR) continue;
    Error error = error_of(wrote < 0 ? errno : ENOSPC, "cannot write the data file");
    // A piece of it would hide all that follows: then nothing may.
    broken_ = done != 0 && ::ftruncate(file_, static_cast<off_t>(size_)) != 0;
    return fail(std::move(error));
  }
  size_ += done;
  if (scratch_.capacity() > (1u << 16)) scratch_ = {};
  return {};
}

Status AppendLog::read(const std::function<Status(std::string_view)>& each) const {
  Mapped file(file_, size_);
  if (file.failed()) return fail(error_of(errno, "cannot read the data file"));
  std::string_view rest = file.text();
  Head about{};
  while (rest.size() >= sizeof about) {
    std::memcpy(&about, rest.data(), sizeof about);
    rest.remove_prefix(sizeof about);
    if (about.size > rest.size()) break;
    std::string_view record = rest.substr(0, about.size);
    if (sum_of(record) != about.sum) break;
    TAUT_TRY(each(record));
    rest.remove_prefix(about.size);
  }
  return {};
}

Status AppendLog::clear() {
  if (::ftruncate(file_, 0) != 0) return fail(error_of(errno, "cannot clear the data file"));
  size_ = 0;
  broken_ = false;
  return {};
}

}  // namespace taut::store
