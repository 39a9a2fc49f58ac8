// Tar and gzip archives of any bytes: read or refused, within their limits, and what is read can be walked.
#include <string_view>

#include "tree/archive.hh"
#include "tree/path.hh"

namespace {

void walk(const taut::Tree& tree, const std::string& folder, int depth) {
  auto entries = tree.list(folder);
  if (!entries || depth > 50) return;
  for (const auto& entry : *entries) {
    std::string path = taut::join_path(folder, entry.name);
    (void)tree.read(path);
    if (!tree.stat(path)) __builtin_trap();  // what is listed is there
    if (entry.type == taut::TreeEntry::Type::kFolder) walk(tree, path, depth + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto tree = taut::read_archive({reinterpret_cast<const char*>(data), size},
                                 {.file = 1 << 20, .total = 4 << 20, .entries = 200});
  if (!tree) return 0;
  walk(**tree, "", 0);
  if (!(*tree)->id()) __builtin_trap();
  return 0;
}
