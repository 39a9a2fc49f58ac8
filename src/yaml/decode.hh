// Nodes to Values, as go-yaml decodes into interface{} and Kubernetes' tools then write JSON: scalars resolved,
// aliases shared, merge keys applied, keys made text, duplicate keys found, with the place of everything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "value/document.hh"
#include "yaml/parser.hh"
#include "yaml/resolve.hh"

namespace taut::yaml {

struct DecodeOptions {
  Schema schema = Schema::kGo11;
  bool reject_duplicate_keys = true;
  bool first_key_wins = false;
  size_t max_depth = 1'000;
  bool keep_spelling = false;
};

struct DecodeFailure {
  std::string message;  // as go-yaml or encoding/json words it
  Mark mark;            // the node it is about
  bool limit = false;   // a limit was passed
};

// Decodes the tree of one document; one Decoder for each.
class Decoder {
 public:
  // `lines` are the offsets in the text at which the document's lines start; its places count from the first.
  Decoder(const NodeTree& tree, const DecodeOptions& options, const std::vector<uint32_t>& lines)
      : tree_(tree), options_(options), lines_(lines) {}

  // Sets root and places of `out`.
  std::optional<DecodeFailure> decode(Document& out);

 private:
  // A value with the word that Places keeps for it.
  struct Item {
    Value value;
    uint32_t word = 0;
  };
  struct Field {
    std::string name;
    Value value;
    uint32_t key_offset = 0;
    uint32_t word = 0;
  };
  // A mapping in the making. Keys of different types are different keys, even when their text is the same.
  struct Map {
    std::vector<Field> fields;
    std::unordered_map<std::string, size_t> index;  // by identity(): type and text
  };
  struct Key {
    std::string identity;  // a letter for the type, then the text
    std::string name;      // as a key of JSON
    Value value;           // as it was read
    std::string_view refused;  // Go's type, when no key of JSON can be made of it
    bool skip = false;     // v3 drops a null key of a map of strings
  };
  // What an anchored node gave, to be shared by its aliases.
  struct Known {
    Item item;
    size_t operations = 0;
  };

  bool decode_node(uint32_t index, Item& out);
  bool decode_content(uint32_t index, Item& out);
  bool decode_alias(uint32_t index, Item& out);
  bool decode_scalar(uint32_t index, Item& out);
  bool decode_sequence(uint32_t index, Item& out);
  bool decode_mapping(uint32_t index, Item& out);
  bool resolve_scalar(const Node& node, Scalar& out);
  bool to_json_value(const Node& node, Scalar scalar, Value& out);

  bool fill(uint32_t index, Map& map);
  bool fill_merged(uint32_t index, Map& map);
  bool merge(uint32_t index, Map& map);
  bool decode_key(uint32_t index, Key& out);
  bool name_key(const Node& node, const Scalar& scalar, Key& out);
  void put(const Key& key, uint32_t key_index, uint32_t value_index, Item item, Map& map);
  void finish(uint32_t index, Map& map, Item& out);
  bool check_unique(uint32_t index);
  bool is_merge(const Node& node) const;
  bool is_string_map(const Node& node) const;
  bool has_string_tag(const Node& node) const;

  bool count(size_t operations = 1);
  bool fail(uint32_t index, std::string message);
  void complain(const Node& node, std::string message);
  void complain_json(const Node& node, std::string message);
  bool is_open(uint32_t index) const;
  // From the start of the document. An anchor of v3 may stand before it.
  uint32_t offset(uint32_t index) const {
    uint32_t at = node(index).mark.offset;
    return at < lines_[0] ? 0 : at - lines_[0];
  }
  const Node& node(uint32_t index) const { return tree_.nodes[index]; }
  bool v3() const { return options_.schema == Schema::kGoV3; }

  const NodeTree& tree_;
  DecodeOptions options_;
  const std::vector<uint32_t>& lines_;
  PlacesBuilder places_;
  std::unordered_map<uint32_t, Known> known_;
  std::vector<uint32_t> open_;  // anchored nodes that are being decoded
  std::vector<std::string> complaints_;  // go-yaml's "unmarshal errors"
  Mark complaint_mark_;
  std::optional<DecodeFailure> failure_;
  std::optional<DecodeFailure> json_failure_;
  bool v3_merging_ = false;
  size_t depth_ = 0;
  size_t operations_ = 0, alias_operations_ = 0, alias_depth_ = 0;
};

}  // namespace taut::yaml
