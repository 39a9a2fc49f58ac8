#include "lang/sops/node.hh"

#include "value/json.hh"

namespace taut::sops {
namespace {

// Reads what parse_json has found to be good already.
class OrderedReader {
 public:
  explicit OrderedReader(std::string_view text) : text_(text) {}

  Node value() {
    Node out;
    char first = next();
    if (first != '{' && first != '[') {
      out.scalar = scalar();
      return out;
    }
    bool map = first == '{';
    out.kind = map ? Node::Kind::kMap : Node::Kind::kList;
    ++at_;
    while (next() != '}' && text_[at_] != ']') {
      std::string key = map ? scalar().str() : std::string();
      if (map && next() == ':') ++at_;
      out.fields.push_back({std::move(key), value()});
      if (next() == ',') ++at_;
    }
    ++at_;
    return out;
  }

 private:
  char next() {
    at_ = text_.find_first_not_of(" \t\r\n", at_);
    return text_[at_];
  }

  Value scalar() {
    next();
    size_t end = at_;
    if (text_[at_] == '"') {
      for (++end; text_[end] != '"'; ++end)
        if (text_[end] == '\\') ++end;
      ++end;
    } else {
      end = std::min(text_.size(), text_.find_first_of(" \t\r\n,:]}", at_));
    }
    auto out = parse_json(text_.substr(at_, end - at_));
    at_ = end;
    return out ? *out : Value();
  }

  std::string_view text_;
  size_t at_ = 0;
};

void append(const Node& node, size_t depth, std::string& out) {
  if (node.kind == Node::Kind::kScalar) return append_json(node.scalar, out, {.escape_html = true});
  bool map = node.kind == Node::Kind::kMap;
  out += map ? '{' : '[';
  bool any = false;
  for (const auto& [key, field] : node.fields) {
    if (field.comment) continue;
    out += any ? ",\n" : "\n";
    any = true;
    out.append(depth + 1, '\t');
    if (map) {
      append_json_string(key, out, true);
      out += ": ";
    }
    append(field, depth + 1, out);
  }
  if (any) {
    out += '\n';
    out.append(depth, '\t');
  }
  out += map ? '}' : ']';
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const auto& [name, node] : fields)
    if (name == key) return &node;
  return nullptr;
}

Value to_value(const Node& node) {
  if (node.kind == Node::Kind::kScalar) return node.scalar;
  Value out = node.kind == Node::Kind::kMap ? Value::map() : Value::list();
  for (const auto& [key, field] : node.fields) {
    if (field.comment) continue;
    if (node.kind == Node::Kind::kMap)
      out.set(key, to_value(field));
    else
      out.push_back(to_value(field));
  }
  return out;
}

Node from_value(const Value& value) {
  Node out;
  if (value.is_map()) {
    out.kind = Node::Kind::kMap;
    for (const Entry& entry : value.entries()) out.fields.push_back({std::string(entry.key()), from_value(entry.value)});
  } else if (value.is_list()) {
    out.kind = Node::Kind::kList;
    for (const Value& item : value.items()) out.fields.push_back({"", from_value(item)});
  } else {
    out.scalar = value;
  }
  return out;
}

Result<Node> read_json(std::string_view text) {
  TAUT_ASSIGN(Value root, parse_json(text));
  if (!root.is_map()) return fail(Code::kInvalid, "SOPS only supports JSON files with a top-level object (starting with '{{'), not arrays or other types");
  return OrderedReader(text).value();
}

std::string write_json(const Node& node) {
  std::string out;
  append(node, 0, out);
  return out + '\n';
}

}  // namespace taut::sops
