// Builds the Value of a whole document from its parts in reading order, all of it in one block of memory.
//
//   auto map = builder.open(offset);
//   builder.key("kind", offset); builder.text("Pod", offset);
//   builder.close_map(map);
//   Document document = builder.finish(text, first_line);
//
// For readers. Offsets are places in the text, kept for Document::place. A builder can be used again after finish()
// or reset(); it keeps its memory. Not thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "value/document.hh"
#include "value/value.hh"

namespace taut {

class ValueBuilder {
 public:
  // Scalars that need no memory of their own: null, bool, numbers.
  void scalar(const Value& value, uint32_t offset);
  void text(std::string_view text, uint32_t offset);
  // Before each value of a map.
  void key(std::string_view name, uint32_t offset);

  // A list or map starts; gives what close_list or close_map wants.
  size_t open(uint32_t offset);
  void close_list(size_t start);
  // False when two keys are equal; the builder must then be reset.
  bool close_map(size_t start);

  // The value that was completed last, to be had again by alias(): an anchor.
  struct Anchor {
    uint64_t words[2];
    uint32_t place;
  };
  Anchor last() const;
  void alias(const Anchor& anchor, uint32_t offset);

  // The one value that was built, with its places: `lines` are the offsets at which lines start, the first 0.
  Document finish(const std::vector<uint32_t>& lines);
  void reset();

 private:
  // A Value as bytes: the address in it is an offset into memory_ until finish().
  struct RawValue {
    uint64_t words[2];
  };
  struct RawEntry {
    uint64_t key;
    RawValue value;
  };
  struct Pending {
    RawEntry entry;
    uint32_t key_offset;
    uint32_t word;  // for Places
  };

  Pending& next();
  uint32_t allocate(size_t bytes);
  uint32_t add_text_node(std::string_view text);
  void store(uint32_t at, const RawValue& value);
  void store_key(uint32_t at, uint64_t key);
  void collapse(size_t start, uint32_t node, size_t count, bool map);
  std::string_view key_text(const Pending& pending) const;
  bool sort_fields(size_t start);

  std::vector<Pending> pending_;
  std::vector<char> memory_;
  size_t used_ = 8;  // behind the block's head
  std::vector<uint32_t> moved_;  // where in memory_ addresses stand
  std::vector<uint32_t> words_;
  PlacesBuilder places_;
  bool awaits_value_ = false;
};

}  // namespace taut
