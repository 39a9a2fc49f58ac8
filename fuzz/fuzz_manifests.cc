// Any bytes as a manifest file: objects with a place each, or a refusal that names the file; globs of any bytes.
#include <string_view>

#include "lang/glob/glob.hh"
#include "lang/glob/path_match.hh"
#include "render/manifests.hh"

namespace {

void check(const taut::Result<std::vector<taut::render::RenderedObject>>& read) {
  if (!read) {
    if (read.error().message().empty()) __builtin_trap();
    return;
  }
  for (const auto& item : *read) {
    if (item.origin.line == 0 || !item.object.is_map()) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<taut::render::Warning> warnings;
  check(taut::render::read_yaml_manifests("app/x.yaml", text, warnings));
  check(taut::render::read_json_manifests("app/x.json", text, warnings));
  std::string_view pattern = text.substr(0, std::min<size_t>(size, 200));
  (void)taut::glob_matches(pattern, text.substr(size / 2), "/");
  (void)taut::path_match(pattern, text.substr(size / 2));
  return 0;
}
