// What came of an import, and how Secrets are to be treated in one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace taut::sandbox {

enum class SecretValues : uint8_t {
  kWithhold,  // names, types and keys, no values
  kKeep,
  kSkip,      // no Secret at all
};

struct ImportReport {
  struct Note {
    std::string object;  // "Deployment.apps shop/web", or a file, or a kind
    std::string message;
  };
  std::map<std::string, size_t> taken;  // by kind
  std::map<std::string, size_t> left_out;  // by kind and reason: "Event (history)"
  std::vector<Note> refused;            // not in the copy
  std::vector<Note> changed;            // in the copy, but not as it was, or added to it
  bool repeated = false;                // the data file had a state already: nothing was taken in again

  size_t total() const {
    size_t out = 0;
    for (const auto& [kind, count] : taken) out += count;
    return out;
  }
};

}  // namespace taut::sandbox
