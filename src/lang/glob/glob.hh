// Globs as Argo CD's projects, RBAC and directory sources use them: the language of github.com/gobwas/glob.
//
//   *        any run of characters but the separators        [abc] [a-z]    one of these characters
//   **       any run of characters                            [!abc] [!a-z]  one character but these
//   ?        one character but the separators                 {a,b*}         one of these globs
//   \x       the character x itself
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut {

// A compiled glob. Matching costs time in proportion to text times glob, whatever the glob. Thread-safe once made.
class Glob {
 public:
  // kInvalid in the library's words. Like the library, an alternative that is never closed is taken as closed at
  // the end.
  static Result<Glob> compile(std::string_view pattern, std::string_view separators = {});
  // Whether the whole text matches.
  bool matches(std::string_view text) const;

 private:
  friend class GlobCompiler;
  enum class Op : uint8_t { kChar, kSingle, kAny, kRange, kNotRange, kList, kNotList, kSplit, kJump, kMatch };
  struct Instruction {
    Op op;
    uint32_t a = 0;  // a character, the start of a range, or where to go
    uint32_t b = 0;  // the end of a range, or the other way to go
    std::vector<uint32_t> list;
  };
  bool accepts(const Instruction& instruction, uint32_t c) const;
  void follow(uint32_t at, std::vector<uint32_t>& states, std::vector<uint32_t>& seen, uint32_t round) const;

  std::vector<Instruction> program_;
  std::vector<uint32_t> separators_;
};

// Compiles and matches; false for a glob that cannot be compiled, as Argo CD's glob.Match.
bool glob_matches(std::string_view pattern, std::string_view text, std::string_view separators = {});

}  // namespace taut
