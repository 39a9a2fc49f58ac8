// Mappings: keys, duplicates, merge keys.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/strings.hh"
#include "yaml/decode.hh"
#include "yaml/go_syntax.hh"

namespace taut::yaml {
namespace {

constexpr std::string_view kMergeTag = "tag:yaml.org,2002:merge";

}  // namespace

bool Decoder::is_merge(const Node& node) const {
  if (node.kind != NodeKind::kScalar || node.value != "<<") return false;
  if (node.tag == kMergeTag || (node.tag == "!" && (!v3() || node.style == ScalarStyle::kPlain))) return true;
  return node.tag.empty() && node.style == ScalarStyle::kPlain;
}

// go-yaml v2 decodes in order, so that a merge key overrides what stands before it; v3 applies the merge last,
// and only what is not there yet.
bool Decoder::fill(uint32_t index, Map& map) {
  if (v3() && options_.reject_duplicate_keys && !check_unique(index)) return true;
  if (v3() && index != tree_.root && !is_string_map(node(index)))
    complain_json(node(index), "json: unsupported type: map[interface {}]interface {}");
  uint32_t merge_value = kNoNode;
  for (uint32_t key = node(index).first; key != kNoNode;) {
    uint32_t value = node(key).next;
    if (!is_merge(node(key))) {
      Key name;
      if (!decode_key(key, name)) return false;
      if (!name.skip) {
        // A name that is there already wins over the one merged in.
        bool known = (v3_merging_ || options_.first_key_wins) && map.index.contains(name.identity);
        Item item;
        if (!known) {
          if (!decode_node(value, item)) return false;
          if (!name.refused.empty())
            complain_json(node(key), fmt::format("unsupported map key of type: {}, key: {}, value: {}", name.refused,
                                                 go_syntax(name.value, false), go_syntax(item.value, false)));
          put(name, key, value, std::move(item), map);
        }
      }
    } else if (v3()) {
      merge_value = value;
    } else if (!merge(value, map)) {
      return false;
    }
    key = node(value).next;
  }
  if (merge_value == kNoNode) return true;
  bool outer = std::exchange(v3_merging_, true);
  bool ok = merge(merge_value, map);
  v3_merging_ = outer;
  return ok;
}

bool Decoder::merge(uint32_t index, Map& map) {
  if (node(index).kind != NodeKind::kSequence) return fill_merged(index, map);
  std::vector<uint32_t> maps;
  for (uint32_t child = node(index).first; child != kNoNode; child = node(child).next) maps.push_back(child);
  // The earlier ones win: v2 sets them last, v3 takes what comes first.
  if (!v3()) std::reverse(maps.begin(), maps.end());
  for (uint32_t child : maps) {
    if (!fill_merged(child, map)) return false;
  }
  return true;
}

// Sets the entries of a mapping, or of the mapping that an alias stands for, in `map`.
bool Decoder::fill_merged(uint32_t index, Map& map) {
  bool alias = node(index).kind == NodeKind::kAlias;
  uint32_t target = alias ? node(index).target : index;
  if (node(target).kind != NodeKind::kMapping)
    return fail(index, "map merge requires map or sequence of maps as the value");
  if (alias && is_open(target))
    return fail(index, fmt::format("anchor '{}' value contains itself", node(index).value));
  if (!count()) return false;
  if (alias) ++alias_depth_;
  bool outer = std::exchange(v3_merging_, v3());
  bool ok = (!alias || count()) && fill(target, map);
  v3_merging_ = outer;
  if (alias) --alias_depth_;
  return ok;
}

void Decoder::put(const Key& key, uint32_t key_index, uint32_t value_index, Item item, Map& map) {
  auto [known, fresh] = map.index.try_emplace(key.identity, map.fields.size());
  Field field{key.name, std::move(item.value), offset(key_index), item.word};
  if (fresh) {
    map.fields.push_back(std::move(field));
    return;
  }
  if (options_.reject_duplicate_keys && !v3()) {
    const Node& value = node(value_index);
    std::string shown = go_syntax(key.value, false);
    complain(node(key_index), fmt::format("line {}: key {} already set in map", value.mark.line + 1, shown));
    return;
  }
  map.fields[known->second] = std::move(field);
}

bool Decoder::decode_key(uint32_t index, Key& out) {
  uint32_t target = index;
  if (node(index).kind == NodeKind::kAlias) target = node(index).target;
  const Node& key = node(target);
  if (key.kind != NodeKind::kScalar) {
    Item item;
    if (v3() && node(tree_.root).kind == NodeKind::kMapping && index == node(tree_.root).first) {
      complain(key, fmt::format("line {}: cannot unmarshal !!{} into string", key.mark.line + 1,
                                key.kind == NodeKind::kMapping ? "map" : "seq"));
      out.skip = true;
      return true;
    }
    if (!decode_node(index, item)) return false;
    return fail(index, "invalid map key: " + go_syntax(item.value, v3()));
  }
  if (!count()) return false;
  Scalar scalar;
  if (!resolve_scalar(key, scalar) || !name_key(key, scalar, out)) return false;
  if (!key.anchored || target != index) return true;
  Known& known = known_[index];
  known.operations = 1;
  return to_json_value(key, std::move(scalar), known.item.value);
}

bool Decoder::name_key(const Node& node, const Scalar& scalar, Key& out) {
  out.value = scalar.value;
  if (v3()) {
    out.skip = scalar.type == ScalarType::kNull;
    out.name = scalar.type == ScalarType::kBinary ? scalar.value.str() : std::string(node.value);
    out.identity = "s" + out.name;
    return true;
  }
  char type = 's';
  switch (scalar.type) {
    case ScalarType::kBool: type = 'b', out.name = scalar.value.as_bool() ? "true" : "false"; break;
    case ScalarType::kInt:
      if (scalar.value.kind() == Kind::kUint) {
        out.refused = "uint64";
        break;
      }
      type = 'i', out.name = std::to_string(scalar.value.as_int());
      break;
    case ScalarType::kFloat: type = 'f', out.name = format_go_float(scalar.value.as_double(), 32); break;
    case ScalarType::kNull:
      type = 'n';
      out.refused = "%!s(<nil>)";
      break;
    default: out.name = scalar.value.str(); break;
  }
  // Floats are equal by value, not by the shorter text of their name.
  out.identity = type == 'f' ? "f" + format_go_float(scalar.value.as_double(), 64) : type + out.name;
  return true;
}

bool Decoder::has_string_tag(const Node& node) const {
  if (node.kind == NodeKind::kAlias) return has_string_tag(this->node(node.target));
  if (node.kind != NodeKind::kScalar) return false;
  if (!node.tag.empty() && node.tag != "!") return node.tag == "tag:yaml.org,2002:str" || node.tag == kMergeTag;
  if (node.style != ScalarStyle::kPlain) return true;
  ScalarType type = resolve_plain(node.value, options_.schema).type;
  return type == ScalarType::kString || type == ScalarType::kMerge;
}

bool Decoder::is_string_map(const Node& map) const {
  for (uint32_t key = map.first; key != kNoNode; key = node(node(key).next).next)
    if (!has_string_tag(node(key))) return false;
  return true;
}

// v3 compares the text of keys, of whatever type.
bool Decoder::check_unique(uint32_t index) {
  std::unordered_map<std::string, std::vector<uint32_t>> seen;
  std::vector<std::pair<uint32_t, uint32_t>> pairs;  // earlier, later
  for (uint32_t key = node(index).first; key != kNoNode; key = node(node(key).next).next) {
    std::string identity = std::to_string(static_cast<int>(node(key).kind)) + std::string(node(key).value);
    auto& earlier = seen[identity];
    for (uint32_t first : earlier) pairs.emplace_back(first, key);
    if (earlier.size() < 3) earlier.push_back(key);
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](auto& a, auto& b) { return a.first < b.first; });
  for (auto [first, later] : pairs)
    complain(node(later), fmt::format("line {}: mapping key {} already defined at line {}", node(later).mark.line + 1,
                                      quote(node(later).value), node(first).mark.line + 1));
  return pairs.empty();
}

}  // namespace taut::yaml
