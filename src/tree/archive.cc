#include "tree/archive.hh"

#include <zlib.h>

#include "base/strings.hh"
#include "tree/memory.hh"
#include "tree/path.hh"

namespace taut {

namespace {

constexpr size_t kBlock = 512;

// A field of a header: text up to a NUL.
std::string_view field(std::string_view header, size_t offset, size_t size) {
  std::string_view text = header.substr(offset, size);
  return text.substr(0, text.find('\0'));
}

// Octal text, or GNU's binary form with the highest bit set; nothing if it is neither.
std::optional<uint64_t> number(std::string_view header, size_t offset, size_t size) {
  std::string_view raw = header.substr(offset, size);
  uint64_t value = 0;
  if (!raw.empty() && (static_cast<unsigned char>(raw[0]) & 0x80)) {
    value = static_cast<unsigned char>(raw[0]) & 0x3F;
    for (char c : raw.substr(1)) {
      if (value >> 55) return std::nullopt;
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
  }
  for (char c : trim(field(header, offset, size))) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<uint64_t>(c - '0');
  }
  return value;
}

bool checksum_fits(std::string_view header) {
  auto wanted = number(header, 148, 8);
  uint64_t sum = 0;
  for (size_t i = 0; i < kBlock; ++i) sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(header[i]);
  return wanted && *wanted == sum;
}

// "LENGTH KEY=VALUE\n" records of a pax header.
void read_pax(std::string_view text, std::map<std::string, std::string, std::less<>>& out) {
  while (!text.empty()) {
    size_t space = text.find(' ');
    if (space == text.npos || space > 10) return;
    size_t length = 0;
    for (char c : text.substr(0, space))
      length = c >= '0' && c <= '9' ? length * 10 + static_cast<size_t>(c - '0') : 0;
    if (length <= space + 1 || length > text.size()) return;
    std::string_view record = text.substr(space + 1, length - space - 2), key, value;
    if (cut(record, "=", key, value)) out[std::string(key)] = value;
    text.remove_prefix(length);
  }
}

class Reader {
 public:
  Reader(std::string_view bytes, const ArchiveLimits& limits) : bytes_(bytes), limits_(limits) {}

  Result<TreePtr> run() {
    while (bytes_.size() - at_ >= kBlock) {
      std::string_view header = bytes_.substr(at_, kBlock);
      if (header.find_first_not_of('\0') == header.npos) return tree_.build();
      if (!checksum_fits(header)) return fail(Code::kInvalid, "not a tar archive: invalid header at byte {}", at_);
      at_ += kBlock;
      TAUT_TRY(entry(header));
    }
    // Writers may leave the closing blocks away; a cut header may not pass.
    if (at_ != bytes_.size()) return fail(Code::kInvalid, "the archive ends too early");
    if (at_ == 0) return fail(Code::kInvalid, "not a tar archive: it is empty");
    return tree_.build();
  }

 private:
  Status entry(std::string_view header) {
    char type = header[156];
    auto size = number(header, 124, 12);
    if (auto it = pax_.find("size"); it != pax_.end() && type != 'x' && type != 'g')
      size = std::strtoull(it->second.c_str(), nullptr, 10);
    if (!size) return fail(Code::kInvalid, "not a tar archive: invalid size at byte {}", at_);
    if (type == '1' || type == '2' || type == '5') size = 0;
    if (*size > bytes_.size() - at_) return fail(Code::kInvalid, "the archive ends too early");
    std::string_view body = bytes_.substr(at_, *size);
    at_ = std::min(bytes_.size(), at_ + (*size + kBlock - 1) / kBlock * kBlock);

    if (type == 'x') return read_pax(body, pax_), Status();
    if (type == 'g') return {};
    if (type == 'L') return long_name_ = body.substr(0, body.find('\0')), Status();
    if (type == 'K') return long_link_ = body.substr(0, body.find('\0')), Status();
    std::string name = take_name(header), link = take_link(header);
    pax_.clear();
    return add(type, name, link, body, number(header, 100, 8).value_or(0));
  }

  std::string take_name(std::string_view header) {
    std::string name = std::exchange(long_name_, "");
    if (auto it = pax_.find("path"); it != pax_.end()) return it->second;
    if (!name.empty()) return name;
    std::string_view prefix =
        header.substr(257, 6) == std::string_view("ustar\0", 6) ? field(header, 345, 155) : "";
    return join_path(prefix, field(header, 0, 100));
  }
  std::string take_link(std::string_view header) {
    std::string link = std::exchange(long_link_, "");
    if (auto it = pax_.find("linkpath"); it != pax_.end()) return it->second;
    return link.empty() ? std::string(field(header, 157, 100)) : link;
  }

  Status add(char type, const std::string& name, const std::string& link, std::string_view body, uint64_t mode) {
    if (++count_ > limits_.entries)
      return fail(Code::kLimit, "the archive has more than {} entries", limits_.entries);
    auto path = clean_path(name);
    if (!path) return fail(Code::kForbidden, "illegal path {} in the archive", quote(name));
    if (path->empty()) return {};
    switch (type) {
      case '\0':
      case '0':
      case '7':
        if (body.size() > limits_.file) return too_big(*path, body.size(), limits_.file);
        if (name.ends_with('/')) return tree_.folder(*path);
        return tree_.file(*path, std::string(body), (mode & 0100) != 0);
      case '1': {
        FileText text = tree_.find(link);
        if (text == nullptr)
          return fail(Code::kInvalid, "{}: hard link to {}, which the archive does not hold before it", *path,
                      quote(link));
        return tree_.file(*path, std::move(text), (mode & 0100) != 0);
      }
      case '2':
        if (link.starts_with('/') || !clean_path(join_path(parent_path(*path), link))) {
          return fail(Code::kForbidden, "illegal filepath in symlink at {}: {} leads out of the archive",
                      quote(*path), quote(link));
        }
        return tree_.symlink(*path, link);
      case '5': return tree_.folder(*path);
      default: return {};
    }
  }

  std::string_view bytes_;
  const ArchiveLimits& limits_;
  size_t at_ = 0;
  size_t count_ = 0;
  std::map<std::string, std::string, std::less<>> pax_;
  std::string long_name_, long_link_;
  MemoryTreeBuilder tree_;
};

}  // namespace

Result<std::string> gunzip(std::string_view bytes, uint64_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return fail(Code::kInternal, "zlib could not start");
  struct Closer {
    z_stream* stream;
    ~Closer() { inflateEnd(stream); }
  } closer{&stream};
  std::string out;
  std::vector<char> block(256 * 1024);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(std::min<size_t>(bytes.size(), UINT32_MAX));
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    int code = inflate(&stream, Z_NO_FLUSH);
    size_t made = block.size() - stream.avail_out;
    if (out.size() + made > limit)
      return fail(Code::kLimit, "the archive unpacks to more than {} MiB", limit >> 20);
    out.append(block.data(), made);
    if (code == Z_STREAM_END) {
      if (stream.avail_in == 0) return out;
      if (*stream.next_in == 0) return out;  // padding, as some tools leave it
      inflateReset(&stream);
      continue;
    }
    if (code == Z_BUF_ERROR || (code == Z_OK && stream.avail_in == 0 && made == 0)) {
      return fail(Code::kInvalid, "the compressed archive ends too early");
    }
    if (code != Z_OK)
      return fail(Code::kInvalid, "not a gzip archive: {}", stream.msg != nullptr ? stream.msg : "invalid data");
  }
}

Result<TreePtr> read_archive(std::string_view bytes, const ArchiveLimits& limits) {
  if (!bytes.starts_with("\x1f\x8b")) return Reader(bytes, limits).run();
  TAUT_ASSIGN(std::string tar, gunzip(bytes, limits.total));
  return Reader(tar, limits).run();
}

}  // namespace taut
