#include "lang/sops/stores.hh"

#include <algorithm>
#include <charconv>
#include <map>

#include "base/strings.hh"
#include "lang/sops/cipher.hh"
#include "value/json.hh"

namespace taut::sops {
namespace {

constexpr std::string_view kPrefix = "sops_";
constexpr std::string_view kMapMark = "__map_", kListMark = "__list_";

// "age__list_0__map_enc" is the field "enc" of item 0 of "age".
struct Flat {
  std::map<std::string, Flat> fields;
  std::map<size_t, Flat> items;
  Value value;
};

Value unflattened(const Flat& flat) {
  if (!flat.items.empty()) {
    Value out = Value::list();
    for (const auto& [index, item] : flat.items) out.push_back(unflattened(item));
    return out;
  }
  if (flat.fields.empty()) return flat.value;
  Value out = Value::map();
  for (const auto& [key, field] : flat.fields) out.set(key, unflattened(field));
  return out;
}

void place(Flat& root, std::string_view key, const Value& value) {
  Flat* at = &root;
  bool list = false;
  for (int steps = 0; steps < 32; ++steps) {
    size_t end = std::min({key.size(), key.find(kMapMark), key.find(kListMark)});
    std::string_view step = key.substr(0, end);
    size_t index = 0;
    std::from_chars(step.data(), step.data() + step.size(), index);
    at = list ? &at->items[index] : &at->fields[std::string(step)];
    if (end == key.size()) break;
    list = key.substr(end).starts_with(kListMark);
    key.remove_prefix(end + (list ? kListMark : kMapMark).size());
  }
  at->value = value;
}

Result<Node> load_dotenv(std::string_view text) {
  Node out;
  out.kind = Node::Kind::kMap;
  size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    Node item;
    std::string_view key, value;
    if (line[0] == '#') {
      item.scalar = Value(line.substr(1));
      item.comment = true;
      out.fields.push_back({"#", std::move(item)});
      continue;
    }
    if (!cut(line, "=", key, value)) return fail(Code::kInvalid, "invalid dotenv input line: line {} has no '='", number);
    item.scalar = Value(replace_all(value, "\\n", "\n"));
    out.fields.push_back({std::string(key), std::move(item)});
  }
  return out;
}

void split_flat_metadata(Node& root, Value& metadata) {
  Flat flat;
  bool any = false;
  for (const auto& [key, node] : root.fields) {
    if (!key.starts_with(kPrefix)) continue;
    place(flat, std::string_view(key).substr(kPrefix.size()), node.scalar);
    any = true;
  }
  std::erase_if(root.fields, [](const auto& field) { return field.name.starts_with(kPrefix); });
  if (any) metadata = unflattened(flat);
}

Result<std::string> emit_dotenv(const Node& root) {
  std::string out;
  for (const auto& [key, node] : root.fields) {
    if (node.kind != Node::Kind::kScalar) return fail(Code::kInvalid, "cannot use complex value in dotenv file; offending key {}", key);
    if (node.comment) {
      out += '#' + node.scalar.str() + '\n';
      continue;
    }
    out += key + '=';
    out += node.scalar.is_string() ? replace_all(node.scalar.as_string(), "\n", "\\n") : to_json(node.scalar);
    out += '\n';
  }
  return out;
}

Result<std::string> emit_binary(const File& file) {
  constexpr std::string_view kProblem = "error emitting binary store";
  if (file.documents.size() != 1) return fail(Code::kInvalid, "{}: there must be exactly one tree branch", kProblem);
  const Node* data = file.documents[0].find("data");
  if (!data) return fail(Code::kInvalid, "{}: no binary data found in tree", kProblem);
  if (!data->scalar.is_string()) return fail(Code::kInvalid, "{}: 'data' key in tree does not have a string value", kProblem);
  return data->scalar.str();
}

Result<std::vector<Node>> load_documents(std::string_view text, Format format) {
  if (format == Format::kYaml) return load_yaml(text);
  if (format == Format::kIni) return fail(Code::kUnsupported, "files in INI format are not decrypted");
  auto root = format == Format::kDotenv ? load_dotenv(text) : read_json(text);
  if (root) return std::vector<Node>{std::move(*root)};
  if (format == Format::kDotenv) return Failure(root.error());
  return fail(Code::kInvalid, "Could not unmarshal input data: {}", root.error().message());
}

}  // namespace

Result<File> load(std::string_view text, Format format) {
  File out;
  TAUT_ASSIGN(out.documents, load_documents(text, format));
  for (size_t i = 0; i < out.documents.size(); ++i) {
    Node& root = out.documents[i];
    if (format == Format::kDotenv) split_flat_metadata(root, out.metadata);
    if (const Node* sops = root.find("sops"); sops && i == 0 && format != Format::kDotenv) out.metadata = to_value(*sops);
    std::erase_if(root.fields, [](const auto& field) { return field.name == "sops"; });
  }
  if (out.metadata.is_null()) return fail(Code::kInvalid, "sops metadata not found");
  return out;
}

Result<std::string> emit(const File& file, Format format) {
  switch (format) {
    case Format::kBinary: return emit_binary(file);
    case Format::kDotenv: return emit_dotenv(file.documents[0]);
    case Format::kJson: return write_json(file.documents[0]);
    case Format::kYaml: return print_yaml(file);
    case Format::kIni: break;
  }
  return fail(Code::kUnsupported, "files in INI format are not written");
}

}  // namespace taut::sops
