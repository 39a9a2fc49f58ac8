#include "tree/archive_write.hh"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace taut {
namespace {

constexpr size_t kBlock = 512;

struct TarHeader {
  std::array<char, kBlock> bytes{};

  void text(size_t at, size_t size, std::string_view value) {
    std::memcpy(bytes.data() + at, value.data(), std::min(size, value.size()));
  }
  // Octal digits and a closing NUL.
  void number(size_t at, size_t size, uint64_t value) { text(at, size, fmt::format("{:0{}o}", value, size - 1)); }
  void seal() {
    text(148, 8, "        ");
    unsigned sum = 0;
    for (char c : bytes) sum += static_cast<unsigned char>(c);
    text(148, 8, fmt::format("{:06o}", sum));
    bytes[154] = '\0';
    bytes[155] = ' ';
  }
};

void append_entry(std::string& out, std::string_view prefix, std::string_view name, char type, std::string_view text,
                  uint64_t mtime) {
  TarHeader header;
  header.text(0, 100, name);
  header.number(100, 8, 0644);
  header.number(108, 8, 0);
  header.number(116, 8, 0);
  header.number(124, 12, text.size());
  header.number(136, 12, mtime);
  header.bytes[156] = type;
  header.text(257, 8, std::string_view("ustar\0" "00", 8));
  header.number(329, 8, 0);
  header.number(337, 8, 0);
  header.text(345, 155, prefix);
  header.seal();
  out.append(header.bytes.data(), kBlock);
  out += text;
  out.append((kBlock - text.size() % kBlock) % kBlock, '\0');
}

// Where a long path is cut into prefix and name, at a slash; npos when it cannot be.
size_t cut_of(std::string_view path) {
  if (path.size() > 256) return std::string_view::npos;
  size_t slash = path.substr(0, std::min<size_t>(path.size(), 156)).rfind('/');
  bool fits = slash != std::string_view::npos && slash > 0 && path.size() - slash - 1 <= 100 && slash + 1 < path.size();
  return fits ? slash : std::string_view::npos;
}

bool is_ascii(std::string_view text) {
  for (char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

// "LENGTH path=VALUE\n", where the length counts its own digits.
std::string pax_path(std::string_view path) {
  size_t rest = path.size() + 7, length = rest;
  while (length != rest + std::to_string(length).size()) length = rest + std::to_string(length).size();
  return fmt::format("{} path={}\n", length, path);
}

void append_file(std::string& out, const ArchiveFile& file, uint64_t mtime) {
  std::string_view path = file.path;
  size_t at = cut_of(path);
  bool plain = is_ascii(path) && (path.size() <= 100 || at != std::string_view::npos);
  if (!plain) {
    append_entry(out, "", "PaxHeaders.0/path", 'x', pax_path(path), 0);
    append_entry(out, "", path.substr(0, 100), '0', file.text, mtime);
  } else if (path.size() <= 100) {
    append_entry(out, "", path, '0', file.text, mtime);
  } else {
    append_entry(out, path.substr(0, at), path.substr(at + 1), '0', file.text, mtime);
  }
}

}  // namespace

std::string write_tar(const std::vector<ArchiveFile>& files, uint64_t mtime) {
  std::string out;
  for (const ArchiveFile& file : files) append_file(out, file, mtime);
  out.append(2 * kBlock, '\0');
  return out;
}

std::string write_gzip(std::string_view bytes, GzipHeader texts) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  gz_header header{};
  header.os = 255;  // unknown, as Go has it: the machine does not count
  if (!texts.extra.empty()) {
    header.extra = reinterpret_cast<Bytef*>(texts.extra.data());
    header.extra_len = static_cast<uInt>(texts.extra.size());
  }
  if (!texts.comment.empty()) header.comment = reinterpret_cast<Bytef*>(texts.comment.data());
  deflateSetHeader(&stream, &header);
  std::string out(deflateBound(&stream, bytes.size()) + texts.extra.size() + texts.comment.size() + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace taut
