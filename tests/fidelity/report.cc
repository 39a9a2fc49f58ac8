#include "report.hh"

#include <fmt/format.h>

#include <fstream>

#include "base/strings.hh"
#include "value/json.hh"

namespace taut::fidelity {

Explained Explained::read(const std::string& file) {
  Explained out;
  std::ifstream in(file);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) inside = contains(line, "Explained differences");
    if (!inside || !line.starts_with('|')) continue;
    auto cells = split(line, '|');
    if (cells.size() < 4) continue;
    out.rows_.emplace(trim(cells[1]), replace_all(trim(cells[2]), "`", ""));
  }
  return out;
}

bool Explained::holds(std::string_view group, std::string_view id) const {
  return rows_.contains({std::string(group), std::string(id)});
}

void Report::start(std::string group) {
  group_ = std::move(group);
  passed_ = failed_ = explained_count_ = shown_ = 0;
}

void Report::expect(std::string_view id, std::string_view want, std::string_view got) {
  if (want == got) return pass();
  fail(id, fmt::format("  want {}\n  got  {}", want, got));
}

void Report::expect_value(std::string_view id, const Value& want, const Value& got) {
  if (want == got) return pass();
  fail(id, fmt::format("  want {}\n  got  {}", to_json(want), to_json(got)));
}

void Report::fail(std::string_view id, std::string_view difference) {
  if (explained_.holds(group_, id)) {
    ++explained_count_;
    return;
  }
  ++failed_;
  if (!differences_ || shown_++ >= limit_) return;
  fmt::print(differences_, "{} {}\n{}\n", group_, id, difference);
}

void Report::finish() {
  int total = passed_ + failed_ + explained_count_;
  if (total == 0) return;
  std::string note = explained_count_ ? fmt::format(", {} explained", explained_count_) : "";
  fmt::print("{} {}/{}{}\n", group_, passed_, total, note);
  std::fflush(stdout);
  total_passed_ += passed_;
  total_failed_ += failed_;
}

}  // namespace taut::fidelity
