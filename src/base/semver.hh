// Versions and version ranges as Masterminds/semver v3.5 (Go) reads them: Argo CD, Flux and Helm all use it.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"

namespace taut {

struct Version {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  std::string prerelease;
  std::string metadata;
  std::string original;  // as it was written

  // NewVersion: "1", "v1.2" and leading zeros pass; kInvalid in the library's words otherwise.
  static Result<Version> parse(std::string_view text);
  // StrictNewVersion: all three numbers, no "v", no leading zeros.
  static Result<Version> parse_strict(std::string_view text);
  // "1.2.3-rc.1+build", without a leading "v".
  std::string to_string() const;
};

// By precedence: metadata does not count.
std::weak_ordering compare(const Version& a, const Version& b);

// A range: ">=1.2, <2 || ~3.1", "1.x", "^0.3", "1.2 - 1.4", "*".
class VersionRange {
 public:
  // NewConstraint; kInvalid in the library's words.
  static Result<VersionRange> parse(std::string_view text);
  // Prereleases only match within a group (between "||") that names one itself, unless `include_prereleases`.
  bool contains(const Version& version, bool include_prereleases = false) const;

 private:
  enum class Operator { kTildeOrEqual, kNotEqual, kGreater, kLess, kGreaterEqual, kLessEqual, kTilde, kCaret };
  // Which numbers were left away or "x": all is set whenever one is.
  struct Bound {
    Operator op = Operator::kTildeOrEqual;
    Version version;
    bool open = false;
    bool open_minor = false;
    bool open_patch = false;
    bool holds(const Version& v) const;
    bool holds_not_equal(const Version& v) const;
    bool holds_tilde(const Version& v) const;
    bool holds_caret(const Version& v) const;
  };
  struct Group {
    std::vector<Bound> bounds;
    bool names_prerelease = false;
  };
  static Result<Group> parse_group(std::string_view text);
  static Result<Bound> make_bound(std::string_view op, std::string_view version);
  std::vector<Group> groups_;
};

// The text among `versions` that is the highest within the range; texts that are no versions are skipped. Empty
// when none matches. Among equal versions the first wins.
std::string highest(const VersionRange& range, const std::vector<std::string>& versions);

}  // namespace taut
