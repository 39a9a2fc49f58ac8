// Any bytes as a tree of kustomizations: a build ends in objects that can be printed and read again, or in an error that
// says something; tracing changes nothing; asking why never fails for want of care.
//
// The files stand one after the other, each below a line "=== PATH"; "=== PATH -> TARGET" is a symlink.
#include <string>
#include <string_view>

#include "base/strings.hh"
#include "kustomize/build.hh"
#include "kustomize/flux.hh"
#include "kustomize/why.hh"
#include "tree/memory.hh"
#include "yaml/reader.hh"

namespace {

using taut::TreePtr;

void check(bool holds) {
  if (!holds) __builtin_trap();
}

// What does not fit together as a tree is left out.
TreePtr read_tree(std::string_view text) {
  taut::MemoryTreeBuilder files;
  while (text.starts_with("=== ")) {
    size_t line_end = std::min(text.find('\n'), text.size());
    std::string_view path = text.substr(4, line_end - 4), target;
    text.remove_prefix(std::min(line_end + 1, text.size()));
    size_t end = text.starts_with("=== ") ? 0 : std::min(text.find("\n=== "), text.size());
    std::string content(text.substr(0, end));
    if (std::string_view name; taut::cut(path, " -> ", name, target)) (void)files.symlink(name, std::string(target));
    else (void)files.file(path, content);
    text.remove_prefix(end == 0 ? 0 : std::min(end + 1, text.size()));
  }
  return files.build();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  TreePtr tree = read_tree({reinterpret_cast<const char*>(data), size});
  taut::kustomize::BuildOptions options;
  auto plain = taut::kustomize::build(*tree, "", options);
  options.trace = true;
  auto traced = taut::kustomize::build(*tree, "", options);
  check(plain.has_value() == traced.has_value());
  auto flux = taut::kustomize::build_flux(tree, "", taut::Value::map());
  if (!flux) check(!flux.error().message().empty());
  if (!plain) {
    check(!plain.error().message().empty());
    return 0;
  }
  std::string text = taut::kustomize::to_text(*plain);
  check(text == taut::kustomize::to_text(*traced));
  check(taut::parse_yaml(text).has_value());
  auto why = taut::kustomize::why(*traced, *tree, "metadata.name");
  if (!why) check(!why.error().message().empty());
  return 0;
}
