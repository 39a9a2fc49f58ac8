// What came of a group of cases: how many agree with the real tool, and how the others differ.
#pragma once

#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "value/value.hh"

namespace taut::fidelity {

// Differences that docs/fidelity.md explains: rows "| group | case | reason |" below its heading "Explained
// differences".
class Explained {
 public:
  // A file that is not there explains nothing.
  static Explained read(const std::string& file);
  bool holds(std::string_view group, std::string_view id) const;

 private:
  std::set<std::pair<std::string, std::string>> rows_;
};

class Report {
 public:
  // The first `limit` differences of each group are written to `differences`, which may be null.
  Report(Explained explained, std::FILE* differences, int limit)
      : explained_(std::move(explained)), differences_(differences), limit_(limit) {}

  // Starts the next group; what follows counts for it.
  void start(std::string group);
  // One case. Equal passes; else the two are kept as a difference.
  void expect(std::string_view id, std::string_view want, std::string_view got);
  void expect_value(std::string_view id, const Value& want, const Value& got);
  void pass() { ++passed_; }
  void fail(std::string_view id, std::string_view difference);
  // Prints the line of the group ("argo/glob 84/84"), if it had cases.
  void finish();

  int total_passed() const { return total_passed_; }
  int total_failed() const { return total_failed_; }

 private:
  Explained explained_;
  std::FILE* differences_;
  int limit_;
  std::string group_;
  int passed_ = 0, failed_ = 0, explained_count_ = 0, shown_ = 0;
  int total_passed_ = 0, total_failed_ = 0;
};

}  // namespace taut::fidelity
