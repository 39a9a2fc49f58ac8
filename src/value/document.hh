// Document: one Value as it was read, with the place of each of its keys and values in the text.
//
// Values are shared and carry no positions, so places are kept beside the root: for each list and map one run
// of words in the order of the Value itself. A look-up walks the path once; reading costs 4 to 8 bytes a node.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hh"
#include "value/value.hh"

namespace taut {

// Line and column count from 1, the column in bytes; 0 is unknown.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
  bool known() const { return line != 0; }
  bool operator==(const Place&) const = default;
};

// Where the lines of one text start. Shared by the documents of a stream.
class LineTable {
 public:
  explicit LineTable(uint32_t first_line = 1) : first_line_(first_line) {}
  // Starts must be added in rising order, the first one being the start of the text.
  void add(uint32_t offset) { starts_.push_back(offset); }
  void reserve(size_t lines) { starts_.reserve(lines); }
  void shrink() { starts_.shrink_to_fit(); }
  Place place(uint32_t offset) const;

 private:
  std::vector<uint32_t> starts_;
  uint32_t first_line_;
};

// The places of one document. Built by readers bottom up: the words of a list or map are the offsets of its
// scalars and the numbers of its lists and maps, which must have been added before.
class Places {
 public:
  // Adds a list (one word an item) or map (two words an entry: key offset, value word) whose text starts at
  // `offset`; gives its number. Entries come in the order of the Value.
  uint32_t add(uint32_t offset, const uint32_t* words, size_t count);
  // The same list or map seen from another place, as through an alias.
  uint32_t add_alias(uint32_t offset, uint32_t number);
  void set_root(uint32_t word) { root_ = word; }
  void set_lines(std::shared_ptr<const LineTable> lines) { lines_ = std::move(lines); }
  void shrink();

  struct Found {
    uint32_t value = UINT32_MAX;  // offsets
    uint32_t key = UINT32_MAX;    // unknown for the root and for list items
    bool exact = false;           // false: the path ends before; these are of the nearest parent
  };
  Found find(const Value& root, std::string_view pointer) const;
  Place place(uint32_t offset) const { return lines_ && offset != UINT32_MAX ? lines_->place(offset) : Place(); }

 private:
  struct Container {
    uint32_t offset;
    uint32_t first;  // its first word
  };
  uint32_t offset_of(const Value& value, uint32_t word) const;

  std::vector<Container> containers_;
  std::vector<uint32_t> words_;
  std::shared_ptr<const LineTable> lines_;
  uint32_t root_ = UINT32_MAX;
};

struct Document {
  Value root;
  bool empty = false;       // nothing but blanks and comments, or a bare "---"; the root is null then
  uint32_t first_line = 1;  // of the document in its file
  Places places;

  // Where the value under a JSON pointer (RFC 6901: "/spec/containers/0") starts; when there is no such value,
  // its nearest parent. Look up before editing `root`. The cost is that of walking the path.
  Place place(std::string_view pointer) const { return places.place(places.find(root, pointer).value); }
  // Where its key starts; the value's place when it has no key.
  Place key_place(std::string_view pointer) const;
  // The place as an Error wants it, with the pointer written as a field path: ".spec.containers[0]".
  Position position(std::string_view pointer, std::string_view file = {}) const;
};

}  // namespace taut
