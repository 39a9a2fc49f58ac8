// What .gitmodules says, as git lists it; each URL against parents of several sorts.
#include <cstdint>
#include <string_view>

#include "io/git/submodules.hh"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& submodule : taut::git::parse_submodules(text))
    for (const char* parent : {"https://git.example/team/app.git", "git@git.example:team/app.git", "ssh://git@git.example/app", "/srv/app"}) {
      auto above = taut::git::parse_remote(parent);
      auto remote = taut::git::submodule_remote(*above, submodule.url);
      if (remote && !above->local && remote->local) __builtin_trap();
      if (remote) taut::git::same_server(*above, *remote);
    }
  return 0;
}
