#include "yaml/decode.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/strings.hh"
#include "yaml/spelling.hh"

namespace taut::yaml {
namespace {

// go-yaml's guard against documents that grow through aliases: of so many operations, this share may come
// from aliases.
double allowed_alias_ratio(size_t operations) {
  constexpr double kLow = 400'000, kHigh = 4'000'000;
  auto n = static_cast<double>(operations);
  if (n <= kLow) return 0.99;
  if (n >= kHigh) return 0.10;
  return 0.99 - 0.89 * ((n - kLow) / (kHigh - kLow));
}

}  // namespace

std::optional<DecodeFailure> Decoder::decode(Document& out) {
  Item root;
  if (!count() || !decode_node(tree_.root, root)) return failure_;
  if (!complaints_.empty())
    return DecodeFailure{"yaml: unmarshal errors:\n  " + join(complaints_, "\n  "), complaint_mark_};
  if (json_failure_) return json_failure_;
  out.root = std::move(root.value);
  places_.set_root(root.word);
  std::vector<uint32_t> lines;
  lines.reserve(lines_.size());
  for (uint32_t line : lines_) lines.push_back(line - lines_[0]);
  out.places = places_.freeze(lines);
  return std::nullopt;
}

bool Decoder::fail(uint32_t index, std::string message) {
  if (!failure_) failure_ = DecodeFailure{"yaml: " + std::move(message), node(index).mark};
  return false;
}

void Decoder::complain(const Node& node, std::string message) {
  if (complaints_.empty()) complaint_mark_ = node.mark;
  complaints_.push_back(std::move(message));
}

void Decoder::complain_json(const Node& node, std::string message) {
  if (!json_failure_) json_failure_ = DecodeFailure{std::move(message), node.mark};
}

bool Decoder::count(size_t operations) {
  operations_ += operations;
  if (alias_depth_ == 0) return true;
  alias_operations_ += operations;
  bool excessive = alias_operations_ > 100 && operations_ > 1000 &&
                   static_cast<double>(alias_operations_) / static_cast<double>(operations_) >
                       allowed_alias_ratio(operations_);
  if (!excessive) return true;
  if (!failure_) failure_ = DecodeFailure{"yaml: document contains excessive aliasing", node(tree_.root).mark, true};
  return false;
}

bool Decoder::decode_node(uint32_t index, Item& out) {
  if (!count()) return false;
  if (node(index).kind == NodeKind::kAlias) return decode_alias(index, out);
  if (++depth_ > options_.max_depth) {
    fail(index, fmt::format("exceeded max depth of {}", options_.max_depth));
    failure_->limit = true;
    return false;
  }
  size_t before = operations_;
  bool anchored = node(index).anchored;
  if (anchored) open_.push_back(index);
  bool ok = decode_content(index, out);
  --depth_;
  if (anchored) open_.pop_back();
  if (ok && anchored) known_[index] = {out, operations_ - before + 1};
  return ok;
}

bool Decoder::decode_content(uint32_t index, Item& out) {
  switch (node(index).kind) {
    case NodeKind::kSequence: return decode_sequence(index, out);
    case NodeKind::kMapping: return decode_mapping(index, out);
    default: return decode_scalar(index, out);
  }
}

bool Decoder::decode_alias(uint32_t index, Item& out) {
  const Node& alias = node(index);
  if (is_open(alias.target)) return fail(index, fmt::format("anchor '{}' value contains itself", alias.value));
  ++alias_depth_;
  auto known = known_.find(alias.target);
  bool ok = known != known_.end() ? count(known->second.operations) : decode_node(alias.target, out);
  --alias_depth_;
  if (!ok) return false;
  if (known != known_.end()) out = known->second.item;
  bool container = out.value.is_list() || out.value.is_map();
  out.word = container ? places_.add_alias(offset(index), out.word) : offset(index);
  return true;
}

bool Decoder::is_open(uint32_t index) const { return std::find(open_.begin(), open_.end(), index) != open_.end(); }

bool Decoder::resolve_scalar(const Node& node, Scalar& out) {
  bool plain = node.style == ScalarStyle::kPlain;
  bool untagged = node.tag.empty() || (v3() && node.tag == "!");
  if (untagged) {
    out = plain ? resolve_plain(node.value, options_.schema) : Scalar{ScalarType::kString, Value(node.value)};
    // A quoted "<<" is text; so is a plain one when it is no key.
    if (out.type == ScalarType::kMerge) out.type = ScalarType::kString;
    return true;
  }
  std::string error;
  auto resolved = resolve_tagged(node.tag, node.value, options_.schema, error);
  if (!resolved) {
    if (!failure_) failure_ = DecodeFailure{"yaml: " + error, node.mark};
    return false;
  }
  out = std::move(*resolved);
  return true;
}

bool Decoder::to_json_value(const Node& node, Scalar scalar, Value& out) {
  switch (scalar.type) {
    case ScalarType::kFloat: {
      double number = scalar.value.as_double();
      if (!std::isfinite(number)) {
        complain_json(node, fmt::format("json: unsupported value: {}",
                                        std::isnan(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf"));
        return true;
      }
      out = json_number(number);
      return true;
    }
    case ScalarType::kTimestamp:
      out = v3() ? Value(*timestamp_to_rfc3339(node.value)) : std::move(scalar.value);
      return true;
    case ScalarType::kBinary: out = Value(replace_invalid_utf8(scalar.value.as_string())); return true;
    default: out = std::move(scalar.value); return true;
  }
}

bool Decoder::decode_scalar(uint32_t index, Item& out) {
  Scalar scalar;
  out.word = offset(index);
  if (!resolve_scalar(node(index), scalar)) return false;
  if (options_.keep_spelling) {
    const Node& node = this->node(index);
    bool folded = node.style == ScalarStyle::kFolded && scalar.type == ScalarType::kString;
    out.value = folded ? make_folded(node.value) : make_scalar(scalar.type, node.value);
    return true;
  }
  return to_json_value(node(index), std::move(scalar), out.value);
}

bool Decoder::decode_sequence(uint32_t index, Item& out) {
  const Node& list = node(index);
  out.value = Value::list();
  out.value.reserve(list.count);
  std::vector<uint32_t> words;
  words.reserve(list.count);
  for (uint32_t child = list.first; child != kNoNode; child = node(child).next) {
    Item item;
    if (!decode_node(child, item)) return false;
    out.value.push_back(std::move(item.value));
    words.push_back(item.word);
  }
  out.word = places_.add(offset(index), words.data(), words.size());
  return true;
}

bool Decoder::decode_mapping(uint32_t index, Item& out) {
  Map map;
  bool merging = std::exchange(v3_merging_, false);
  bool ok = fill(index, map);
  v3_merging_ = merging;
  if (ok) finish(index, map, out);
  return ok;
}

// The fields become the map: sorted by name, the last of equal names.
void Decoder::finish(uint32_t index, Map& map, Item& out) {
  auto& fields = map.fields;
  std::stable_sort(fields.begin(), fields.end(), [](const Field& a, const Field& b) { return a.name < b.name; });
  out.value = Value::map();
  out.value.reserve(fields.size());
  std::vector<uint32_t> words;
  words.reserve(fields.size() * 2);
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i + 1 < fields.size() && fields[i + 1].name == fields[i].name) continue;
    out.value.append_sorted(Value(fields[i].name), std::move(fields[i].value));
    words.push_back(fields[i].key_offset);
    words.push_back(fields[i].word);
  }
  out.word = places_.add(offset(index), words.data(), words.size());
}

}  // namespace taut::yaml
