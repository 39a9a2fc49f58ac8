// One stored object at one revision: as JSON, which answers and watches send as it is, and as a Value for those who
// look inside.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "value/value.hh"

namespace taut::sandbox {

// The JSON of an object: a map with sorted keys, without blanks.
struct Encoded {
  std::string text;
  // Where `,"kind":"..."` stands at the top level, so that it can be cut out; 0 and 0 when it cannot. The apiVersion,
  // which comes first, ends at `version_end`.
  uint32_t kind_at = 0;
  uint16_t kind_size = 0, version_end = 0;
};
using EncodedPtr = std::shared_ptr<const Encoded>;
EncodedPtr encode(const Value& object);
EncodedPtr encoded_text(std::string_view json);  // JSON that encode() made once
// The JSON without apiVersion and kind, as lists of built-in kinds have it: its size, and the text appended.
size_t untyped_size(const Encoded& encoded);
void append_untyped_json(const Encoded& encoded, std::string& out);

// The text of a member of such JSON; empty when there is none.
std::string_view json_member(std::string_view object, std::string_view key);

// An object never changes, so readers share it. Each form is made from the other on first use and stays as long as the
// Item does. Thread-safe.
class Item {
 public:
  Item(Value object, uint64_t revision) : revision_(revision), object_(std::move(object)), has_object_(true) {}
  Item(EncodedPtr encoded, uint64_t revision) : revision_(revision), encoded_(std::move(encoded)) {}

  // With metadata.resourceVersion set.
  const Value& object() const;
  uint64_t revision() const { return revision_; }
  const EncodedPtr& encoded() const;
  std::shared_ptr<const std::string> json() const { return {encoded(), &encoded()->text}; }
  // metadata.labels and metadata.name, without decoding the rest.
  Value labels() const;
  std::string name() const;

 private:
  uint64_t revision_;
  mutable std::once_flag decode_once_, encode_once_;
  mutable Value object_;
  mutable EncodedPtr encoded_;
  bool has_object_ = false;
};
using ItemPtr = std::shared_ptr<const Item>;

}  // namespace taut::sandbox
