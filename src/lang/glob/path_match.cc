#include "lang/glob/path_match.hh"

#include <optional>
#include <vector>

#include "base/runes.hh"

namespace taut {

namespace {

struct Range {
  uint32_t low, high;
};

struct Piece {
  enum class Kind { kByte, kOne, kClass } kind;
  char byte = 0;
  bool negated = false;
  std::vector<Range> ranges;
};

// What follows a star, up to the next one.
struct Chunk {
  bool star = false;
  std::vector<Piece> pieces;
};

// One character of a class; nothing where Go reports a bad pattern.
std::optional<uint32_t> class_character(std::string_view& rest) {
  if (rest.empty() || rest[0] == '-' || rest[0] == ']') return std::nullopt;
  if (rest[0] == '\\') rest.remove_prefix(1);
  if (rest.empty()) return std::nullopt;
  bool bad = false;
  uint32_t rune = take_rune(rest, &bad);
  if (bad || rest.empty()) return std::nullopt;
  return rune;
}

// After "[".
std::optional<Piece> read_class(std::string_view& rest) {
  Piece piece{Piece::Kind::kClass};
  piece.negated = rest.starts_with('^');
  if (piece.negated) rest.remove_prefix(1);
  while (!rest.starts_with(']') || piece.ranges.empty()) {
    auto low = class_character(rest);
    if (!low) return std::nullopt;
    auto high = low;
    if (rest[0] == '-') {
      rest.remove_prefix(1);
      high = class_character(rest);
      if (!high) return std::nullopt;
    }
    piece.ranges.push_back({*low, *high});
  }
  rest.remove_prefix(1);
  return piece;
}

std::optional<std::vector<Chunk>> read_pattern(std::string_view rest) {
  std::vector<Chunk> chunks(1);
  while (!rest.empty()) {
    char c = rest[0];
    rest.remove_prefix(1);
    Piece piece{Piece::Kind::kByte, c};
    if (c == '*') {
      if (!chunks.back().pieces.empty()) chunks.emplace_back();
      chunks.back().star = true;
      continue;
    }
    if (c == '[') {
      auto read = read_class(rest);
      if (!read) return std::nullopt;
      piece = std::move(*read);
    } else if (c == '?') {
      piece.kind = Piece::Kind::kOne;
    } else if (c == '\\') {
      if (rest.empty()) return std::nullopt;
      piece.byte = rest[0];
      rest.remove_prefix(1);
    }
    chunks.back().pieces.push_back(std::move(piece));
  }
  return chunks;
}

// What is left of the name after the chunk; nothing when it does not match here.
std::optional<std::string_view> match_chunk(const Chunk& chunk, std::string_view name) {
  for (const Piece& piece : chunk.pieces) {
    if (name.empty()) return std::nullopt;
    if (piece.kind == Piece::Kind::kByte) {
      if (name[0] != piece.byte) return std::nullopt;
      name.remove_prefix(1);
      continue;
    }
    if (piece.kind == Piece::Kind::kOne && name[0] == '/') return std::nullopt;
    uint32_t rune = take_rune(name);
    if (piece.kind == Piece::Kind::kOne) continue;
    bool in = std::any_of(piece.ranges.begin(), piece.ranges.end(),
                          [&](const Range& r) { return r.low <= rune && rune <= r.high; });
    if (in == piece.negated) return std::nullopt;
  }
  return name;
}

}  // namespace

Result<bool> path_match(std::string_view pattern, std::string_view name) {
  auto chunks = read_pattern(pattern);
  if (!chunks) return fail(Code::kInvalid, "syntax error in pattern");
  for (size_t i = 0; i < chunks->size(); ++i) {
    const Chunk& chunk = (*chunks)[i];
    bool last = i + 1 == chunks->size();
    if (chunk.star && chunk.pieces.empty()) return name.find('/') == name.npos;
    // The first place where a chunk fits is taken, as Go does.
    std::optional<std::string_view> left;
    for (std::string_view from = name;; from.remove_prefix(1)) {
      left = match_chunk(chunk, from);
      if (left && last && !left->empty()) left.reset();
      if (left || !chunk.star || from.empty() || from[0] == '/') break;
    }
    if (!left) return false;
    name = *left;
  }
  return name.empty();
}

}  // namespace taut
