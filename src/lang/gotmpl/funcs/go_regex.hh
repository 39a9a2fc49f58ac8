// Go's regexp package on RE2, which has the same syntax: what differs is how matches are walked, how replacements
// are written and how errors are worded.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace re2 {
class RE2;
}

namespace taut::gotmpl {

class Heap;

class GoRegex {
 public:
  // kInvalid in Go's words: "error parsing regexp: missing closing ): `(a`". What was compiled before on this thread is
  // not compiled again.
  static Result<GoRegex> compile(std::string_view pattern);

  // What these do is counted as work of the heap, which may throw LimitPassed.
  bool matches(std::string_view text, Heap& heap) const;
  // FindString: the first match, or "".
  std::string_view find(std::string_view text, Heap& heap) const;
  // FindAllString: at most `count` matches, all if it is negative. They point into `text`.
  std::vector<std::string_view> find_all(std::string_view text, int64_t count, Heap& heap) const;
  // ReplaceAllString: in the replacement $1 and ${name} stand for groups; a name is as long as it can be: $1x is the
  // group "1x".
  std::string replace_all(std::string_view text, std::string_view replacement, Heap& heap) const;
  std::string replace_all_literal(std::string_view text, std::string_view replacement, Heap& heap) const;
  // Split; the pieces point into `text`. None if `count` is 0.
  std::vector<std::string_view> split(std::string_view text, int64_t count, Heap& heap) const;

 private:
  explicit GoRegex(std::shared_ptr<const re2::RE2> regex) : regex_(std::move(regex)) {}
  template <class Append>
  std::string replace(std::string_view text, int groups, Heap& heap, Append append) const;

  std::shared_ptr<const re2::RE2> regex_;
};

// regexp.QuoteMeta.
std::string quote_meta(std::string_view text);

}  // namespace taut::gotmpl
