#include "lang/envsubst/glob.hh"

#include <cstdint>

#include "base/runes.hh"

namespace taut::envsubst {
namespace {

// A run of the glob without "*", and whether one stands before it.
struct Chunk {
  bool star = false;
  std::string_view text;
};

Chunk take_chunk(std::string_view& glob) {
  Chunk out;
  while (glob.starts_with('*')) {
    glob.remove_prefix(1);
    out.star = true;
  }
  bool in_class = false;
  size_t end = 0;
  for (; end < glob.size(); ++end) {
    char c = glob[end];
    if (c == '\\' && end + 1 < glob.size()) ++end;
    else if (c == '[') in_class = true;
    else if (c == ']') in_class = false;
    else if (c == '*' && !in_class) break;
  }
  out.text = glob.substr(0, end);
  glob.remove_prefix(end);
  return out;
}

enum class Match { kNo, kYes, kMalformed };

// One character of a class, which must not be its end.
bool take_class_rune(std::string_view& chunk, uint32_t& rune) {
  if (chunk.empty() || chunk[0] == '-' || chunk[0] == ']') return false;
  if (chunk[0] == '\\') chunk.remove_prefix(1);
  if (chunk.empty()) return false;
  bool bad = false;
  rune = take_rune(chunk, &bad);
  return !bad && !chunk.empty();
}

Match match_class(std::string_view& chunk, std::string_view& text) {
  uint32_t rune = take_rune(text);
  chunk.remove_prefix(1);
  bool negated = chunk.starts_with('^');
  if (negated) chunk.remove_prefix(1);
  bool found = false;
  for (bool first = true; first || !chunk.starts_with(']'); first = false) {
    uint32_t low = 0;
    if (!take_class_rune(chunk, low)) return Match::kMalformed;
    uint32_t high = low;
    if (chunk[0] == '-') {
      chunk.remove_prefix(1);
      if (!take_class_rune(chunk, high)) return Match::kMalformed;
    }
    found = found || (low <= rune && rune <= high);
  }
  chunk.remove_prefix(1);
  return found != negated ? Match::kYes : Match::kNo;
}

// Matches the chunk at the start of the text, of which the rest is left.
Match match_chunk(std::string_view chunk, std::string_view& text) {
  while (!chunk.empty()) {
    if (text.empty()) return Match::kNo;
    if (chunk[0] == '[') {
      Match match = match_class(chunk, text);
      if (match != Match::kYes) return match;
      continue;
    }
    if (chunk[0] == '?') {
      take_rune(text);
      chunk.remove_prefix(1);
      continue;
    }
    if (chunk[0] == '\\') {
      chunk.remove_prefix(1);
      if (chunk.empty()) return Match::kMalformed;
    }
    if (chunk[0] != text[0]) return Match::kNo;
    chunk.remove_prefix(1);
    text.remove_prefix(1);
  }
  return Match::kYes;
}

// Where the chunk matches, here or after a star, so that the rest of the glob may still match.
Match find_chunk(const Chunk& chunk, bool last, std::string_view& text) {
  size_t tries = chunk.star ? text.size() : 0;
  for (size_t skip = 0; skip <= tries; ++skip) {
    std::string_view rest = text.substr(skip);
    Match match = match_chunk(chunk.text, rest);
    if (match == Match::kMalformed) return match;
    if (match == Match::kNo || (last && !rest.empty())) continue;
    text = rest;
    return Match::kYes;
  }
  return Match::kNo;
}

}  // namespace

std::optional<bool> glob_matches(std::string_view glob, std::string_view text) {
  while (!glob.empty()) {
    Chunk chunk = take_chunk(glob);
    if (chunk.star && chunk.text.empty()) return true;
    Match match = find_chunk(chunk, glob.empty(), text);
    if (match == Match::kMalformed) return std::nullopt;
    if (match == Match::kNo) return false;
  }
  return text.empty();
}

}  // namespace taut::envsubst
