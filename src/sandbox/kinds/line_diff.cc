#include "sandbox/kinds/line_diff.hh"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "base/strings.hh"

namespace taut::sandbox::kinds {
namespace {

using Lines = std::vector<std::string_view>;

constexpr size_t kContext = 3;

struct Block {
  size_t a = 0, b = 0, size = 0;  // before[a..] equals after[b..] for `size` lines
};

struct Range {
  size_t a_low, a_high, b_low, b_high;
};

// Longest runs of equal lines first, then what lies left and right of them.
class Matcher {
 public:
  Matcher(const Lines& a, const Lines& b) : a_(a), b_(b) {
    for (size_t i = 0; i < b.size(); ++i) places_[b[i]].push_back(i);
    // Lines that are everywhere say nothing about where texts match.
    constexpr size_t kLong = 200;
    if (b.size() < kLong) return;
    const size_t most = b.size() / 100 + 1;
    std::erase_if(places_, [&](const auto& entry) { return entry.second.size() > most; });
  }

  // In ascending order, neighbours joined, closed by an empty block at both ends.
  std::vector<Block> blocks() {
    std::vector<Block> found, out;
    collect({0, a_.size(), 0, b_.size()}, found);
    Block run;
    for (const Block& block : found) {
      if (run.a + run.size == block.a && run.b + run.size == block.b) {
        run.size += block.size;
        continue;
      }
      if (run.size > 0) out.push_back(run);
      run = block;
    }
    if (run.size > 0) out.push_back(run);
    out.push_back({a_.size(), b_.size(), 0});
    return out;
  }

 private:
  void collect(const Range& range, std::vector<Block>& out) const {
    const Block block = longest(range);
    if (block.size == 0) return;
    if (range.a_low < block.a && range.b_low < block.b) collect({range.a_low, block.a, range.b_low, block.b}, out);
    out.push_back(block);
    const size_t a = block.a + block.size, b = block.b + block.size;
    if (a < range.a_high && b < range.b_high) collect({a, range.a_high, b, range.b_high}, out);
  }

  Block longest(const Range& range) const {
    Block best{range.a_low, range.b_low, 0};
    std::unordered_map<size_t, size_t> lengths;  // of the run that ends before a line of b
    for (size_t i = range.a_low; i < range.a_high; ++i) {
      std::unordered_map<size_t, size_t> next;
      auto at = places_.find(a_[i]);
      if (at != places_.end()) {
        for (size_t j : at->second) {
          if (j < range.b_low) continue;
          if (j >= range.b_high) break;
          auto before = lengths.find(j);
          const size_t length = (before == lengths.end() ? 0 : before->second) + 1;
          next[j + 1] = length;
          if (length > best.size) best = {i + 1 - length, j + 1 - length, length};
        }
      }
      lengths = std::move(next);
    }
    return widened(range, best);
  }

  // Popular lines were left out of the search; next to a match they belong to it.
  Block widened(const Range& range, Block best) const {
    while (best.a > range.a_low && best.b > range.b_low && a_[best.a - 1] == b_[best.b - 1]) {
      --best.a;
      --best.b;
      ++best.size;
    }
    while (best.a + best.size < range.a_high && best.b + best.size < range.b_high && a_[best.a + best.size] == b_[best.b + best.size]) ++best.size;
    return best;
  }

  const Lines& a_;
  const Lines& b_;
  std::unordered_map<std::string_view, std::vector<size_t>> places_;
};

struct Piece {
  bool equal;
  Range range;
};

std::vector<Piece> pieces(const std::vector<Block>& blocks) {
  std::vector<Piece> out;
  size_t a = 0, b = 0;
  for (const Block& block : blocks) {
    if (a < block.a || b < block.b) out.push_back({false, {a, block.a, b, block.b}});
    a = block.a + block.size;
    b = block.b + block.size;
    if (block.size > 0) out.push_back({true, {block.a, a, block.b, b}});
  }
  return out;
}

size_t back(size_t high, size_t low) { return high - low > kContext ? high - kContext : low; }

// Changes that lie within twice the context of each other stand together.
std::vector<std::vector<Piece>> groups(std::vector<Piece> all) {
  std::vector<std::vector<Piece>> out;
  std::vector<Piece> group;
  if (!all.empty() && all.front().equal) {
    Range& r = all.front().range;
    r = {back(r.a_high, r.a_low), r.a_high, back(r.b_high, r.b_low), r.b_high};
  }
  if (!all.empty() && all.back().equal) {
    Range& r = all.back().range;
    r = {r.a_low, std::min(r.a_high, r.a_low + kContext), r.b_low, std::min(r.b_high, r.b_low + kContext)};
  }
  for (Piece piece : all) {
    Range& r = piece.range;
    if (piece.equal && r.a_high - r.a_low > 2 * kContext) {
      group.push_back({true, {r.a_low, r.a_low + kContext, r.b_low, r.b_low + kContext}});
      out.push_back(std::move(group));
      group.clear();
      r = {r.a_high - kContext, r.a_high, r.b_high - kContext, r.b_high};
    }
    group.push_back(piece);
  }
  if (!group.empty() && !(group.size() == 1 && group[0].equal)) out.push_back(std::move(group));
  return out;
}

std::string range_text(size_t low, size_t high) {
  const size_t length = high - low;
  if (length == 1) return std::to_string(low + 1);
  return fmt::format("{},{}", length == 0 ? low : low + 1, length);
}

void append_lines(char mark, const Lines& lines, size_t low, size_t high, std::string& out) {
  for (size_t i = low; i < high; ++i) {
    out += mark;
    out += lines[i];
    out += '\n';
  }
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after) {
  const Lines a = split(before, '\n'), b = split(after, '\n');
  std::string out;
  for (const std::vector<Piece>& group : groups(pieces(Matcher(a, b).blocks()))) {
    const Range &first = group.front().range, &last = group.back().range;
    out += fmt::format("@@ -{} +{} @@\n", range_text(first.a_low, last.a_high), range_text(first.b_low, last.b_high));
    for (const Piece& piece : group) {
      if (piece.equal) {
        append_lines(' ', a, piece.range.a_low, piece.range.a_high, out);
      } else {
        append_lines('-', a, piece.range.a_low, piece.range.a_high, out);
        append_lines('+', b, piece.range.b_low, piece.range.b_high, out);
      }
    }
  }
  return out;
}

}  // namespace taut::sandbox::kinds
