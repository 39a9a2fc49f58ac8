// Document: one Value as it was read, with the place of each of its keys and values in the text.
//
// Values are shared and carry no positions, so places are kept beside the root: for each list and map one run
// of words in the order of the Value itself. A look-up walks the path once; 2 to 8 bytes a node.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hh"
#include "value/value.hh"

namespace taut {

struct Block;

// Line and column count from 1, the column in bytes; 0 is unknown.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
  bool known() const { return line != 0; }
  bool operator==(const Place&) const = default;
};

// The places of one document, frozen; made by PlacesBuilder. Copies share.
class Places {
 public:
  Places() = default;
  // Takes over one reference to the block.
  explicit Places(Block* block) : block_(block) {}
  Places(const Places& other) noexcept;
  Places(Places&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Places& operator=(Places other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Places();

  struct Found {
    uint32_t value = UINT32_MAX;  // offsets into the document's text
    uint32_t key = UINT32_MAX;    // unknown for the root and for list items
    bool exact = false;           // false: the path ends before; these are of the nearest parent
  };
  Found find(const Value& root, std::string_view pointer) const;
  // Lines count from `first_line`.
  Place place(uint32_t offset, uint32_t first_line) const;

 private:
  Block* block_ = nullptr;
};

// Gathers places bottom up: the words of a list or map are the offsets of its scalars and the numbers of its lists
// and maps, which must have been added before. Offsets count from the start of the document's text.
class PlacesBuilder {
 public:
  // Adds a list (one word an item) or map (two words an entry: key offset, value word) whose text starts at
  // `offset`; gives its number. Entries come in the order of the Value.
  uint32_t add(uint32_t offset, const uint32_t* words, size_t count);
  // The same list or map seen from another place, as through an alias.
  uint32_t add_alias(uint32_t offset, uint32_t number);
  void set_root(uint32_t word) { root_ = word; }

  // `lines` are the offsets at which lines start, the first 0.
  size_t frozen_size(const std::vector<uint32_t>& lines) const;
  void freeze(const std::vector<uint32_t>& lines, char* out) const;
  Places freeze(const std::vector<uint32_t>& lines) const;
  void clear();

 private:
  friend class Places;
  struct Container {
    uint32_t offset;
    uint32_t first;  // its first word
  };
  bool wide(const std::vector<uint32_t>& lines) const;

  std::vector<Container> containers_;
  std::vector<uint32_t> words_;
  uint32_t root_ = 0;
  uint32_t largest_ = 0;
};

struct Document {
  Value root;
  Places places;
  uint32_t first_line = 1;  // of the document in its file
  bool empty = false;       // nothing but blanks and comments, or a bare "---"; the root is null then

  // Where the value under a JSON pointer (RFC 6901: "/spec/containers/0") starts; when there is no such value,
  // its nearest parent. Look up before editing `root`. The cost is that of walking the path.
  Place place(std::string_view pointer) const;
  // Where its key starts; the value's place when it has no key.
  Place key_place(std::string_view pointer) const;
  // The place as an Error wants it, with the pointer written as a field path: ".spec.containers[0]".
  Position position(std::string_view pointer, std::string_view file = {}) const;
};
static_assert(sizeof(Document) == 32);

}  // namespace taut
