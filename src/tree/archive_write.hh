// Archives out: tar in ustar form, gzip-compressed; the same files give the same bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut {

struct ArchiveFile {
  std::string path;
  std::string_view text;  // must live as long as the call
};

// A tar of plain files, mode 0644, of no owner, all last changed at `mtime` (seconds since 1970). Paths that ustar cannot
// hold get a pax header.
std::string write_tar(const std::vector<ArchiveFile>& files, uint64_t mtime);

// What a gzip header may say beside the bytes.
struct GzipHeader {
  std::string extra, comment;
};
std::string write_gzip(std::string_view bytes, GzipHeader header = {});

}  // namespace taut
