// Archives as trees: tar, plain or gzip-compressed, as charts and source artifacts come.
#pragma once

#include "tree/linked.hh"
#include "tree/tree.hh"

namespace taut {

// What an archive may hold at most; kLimit above. They stop archives made to fill the memory.
struct ArchiveLimits {
  uint64_t file = kMaxFileSize;
  uint64_t total = 512ull << 20;  // bytes when unpacked
  size_t entries = 100'000;
};

// The files of a tar archive (ustar, GNU and pax names); gzip is recognized by its first bytes. Hard links become
// copies, devices and pipes are left out. kForbidden for an entry or symlink that leads out of the root; kInvalid
// for bytes that are no such archive or end too early.
Result<TreePtr> read_archive(std::string_view bytes, const ArchiveLimits& limits = {});

// The bytes of a gzip stream (all its members); kLimit above `limit` bytes.
Result<std::string> gunzip(std::string_view bytes, uint64_t limit);

}  // namespace taut
