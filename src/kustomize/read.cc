#include "kustomize/read.hh"

#include <deque>

#include "base/strings.hh"
#include "kustomize/build_annotations.hh"
#include "kustomize/node_text.hh"
#include "yaml/reader.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

struct Part {
  std::string_view text;
  uint32_t first_line;
};

struct Node {
  Value value;
  uint32_t line;
};

// kyaml splits at "\n---.*\n".
Result<std::vector<Part>> split_documents(std::string_view text) {
  std::vector<Part> parts;
  uint32_t line = 1;
  size_t from = 0, search = 0;
  auto count_lines = [&](size_t to) { line += static_cast<uint32_t>(std::count(&text[from], &text[to], '\n')); };
  for (;;) {
    size_t at = text.find("\n---", search);
    size_t end = at == std::string_view::npos ? at : text.find('\n', at + 1);
    if (end == std::string_view::npos) break;
    std::string_view rest = trim(text.substr(at + 4, end - at - 4));
    if (!rest.empty() && rest[0] != '#')
      return fail(Code::kInvalid, "invalid document separator: {}", trim(text.substr(at, end - at)));
    parts.push_back({text.substr(from, at + 1 - from), line});
    count_lines(end + 1);
    from = search = end + 1;
  }
  if (!text.empty()) parts.push_back({text.substr(from), line});
  return parts;
}

bool is_empty(const Value& node) {
  return node.is_null() || ((node.is_map() || node.is_list() || node.is_string()) && node.empty());
}

std::string text_of(const Value& value) { return is_empty(value) ? std::string() : yaml::scalar_text(value); }

// Go's %v of a map[string]string.
std::string go_map(const Value& map) {
  std::string out = "map[";
  for (const Entry& entry : map.entries()) {
    if (out.size() > 4) out += ' ';
    out.append(entry.key()).append(":").append(yaml::scalar_text(entry.value));
  }
  return out + "]";
}

// kyaml's ResourceMeta as Go prints it.
std::string go_meta(const Value& node) {
  const Value& meta = node["metadata"];
  return fmt::format("{{{{{} {}}} {{{{{} {}}} {} {}}}}}", text_of(node["apiVersion"]), text_of(node["kind"]),
                     text_of(meta["name"]), text_of(meta["namespace"]), go_map(meta["labels"]),
                     go_map(meta["annotations"]));
}

bool has_meta(const Value& node) {
  const Value& meta = node["metadata"];
  for (const char* field : {"apiVersion", "kind"})
    if (!is_empty(node[field])) return true;
  for (const char* field : {"name", "namespace", "labels", "annotations"})
    if (!is_empty(meta[field])) return true;
  return false;
}

Status add_checked(Value value, uint32_t line, std::deque<Node>& out) {
  if (is_empty(value)) return {};
  TAUT_TRY(check_meta(value));
  out.push_back({std::move(value), line});
  return {};
}

// A document that is a List and the only one is its items.
bool unwraps(const Value& node) {
  std::string_view kind = node["kind"].as_string();
  return (kind == "List" || kind == "ResourceList") && (node.contains("items") || node.contains("functionConfig"));
}

Result<std::deque<Node>> read_nodes(std::string_view text, const YamlOptions& options) {
  std::string unix_text;
  if (text.find("\r\n") != std::string_view::npos) text = unix_text = replace_all(text, "\r\n", "\n");
  TAUT_ASSIGN(auto parts, split_documents(text));
  std::deque<Node> nodes;
  for (const Part& part : parts) {
    auto document = parse_yaml_document(part.text, options);
    if (!document) {
      Position position = document.error().position();
      position.line += part.first_line - 1;
      return fail(
          Error(document.error().code(), "MalformedYAMLError: " + document.error().message()).at(std::move(position)));
    }
    uint32_t line = part.first_line + document->first_line - 1;
    if (Place place = document->place(""); place.known()) line = place.line + part.first_line - 1;
    Value& root = document->root;
    if (parts.size() != 1 || !unwraps(root)) {
      TAUT_TRY(add_checked(std::move(root), line, nodes));
      continue;
    }
    for (size_t i = 0; i < root["items"].size(); ++i) {
      Place place = document->place(fmt::format("/items/{}", i));
      TAUT_TRY(add_checked(root["items"][i], place.known() ? place.line : line, nodes));
    }
  }
  return nodes;
}

std::string_view go_kind(const Value& value) {
  switch (value.kind()) {
    case Kind::kMap: return "map[string]interface {}";
    case Kind::kBool: return "bool";
    case Kind::kString: return "string";
    case Kind::kDouble: return "float64";
    default: return "int";
  }
}

// The items of a List among the documents; they go behind all others.
Status expand_list(const Node& list, const std::string& kind, std::deque<Node>& queue) {
  Value items = list.value["items"];
  TAUT_TRY(yaml::settle(items));
  if (items.is_null()) return {};
  if (!items.is_list())
    return fail(Code::kInvalid, "expected array in {}/items, but found {}", kind, go_kind(items));
  for (const Value& item : items.items()) TAUT_TRY(add_checked(item, list.line, queue));
  return {};
}

Result<std::vector<Resource>> read_with(std::string_view text, const YamlOptions& options) {
  TAUT_ASSIGN(std::deque<Node> queue, read_nodes(text, options));
  std::vector<Resource> out;
  while (!queue.empty()) {
    Node node = std::move(queue.front());
    queue.pop_front();
    std::string kind = text_of(node.value["kind"]);
    if (kind.ends_with("List") && node.value.contains("items")) {
      TAUT_TRY(expand_list(node, kind, queue));
      continue;
    }
    Resource resource;
    resource.object = std::move(node.value);
    resource.line = node.line;
    absorb_build_annotations(resource);
    out.push_back(std::move(resource));
  }
  return out;
}

}  // namespace

Status check_meta(const Value& node) {
  if (!has_meta(node)) return fail(Code::kInvalid, "missing Resource metadata");
  std::string kind = text_of(node["kind"]);
  if (kind.empty()) return fail(Code::kInvalid, "missing kind in object {}", go_meta(node));
  if (kind.ends_with("List") || !text_of(node["metadata"]["name"]).empty()) return {};
  return fail(Code::kInvalid, "missing metadata.name in object {}", go_meta(node));
}

Result<std::vector<Resource>> read_resources(std::string_view text) {
  return read_with(text, {.schema = ::taut::Schema::kGoV3, .keep_spelling = true});
}

Result<std::vector<Resource>> read_patches(std::string_view text) {
  return read_with(text, {.schema = ::taut::Schema::kGoV3, .reject_duplicate_keys = false, .first_key_wins = true, .keep_spelling = true});
}

Error with_file(Error error, std::string_view path) {
  Position position = error.position();
  position.file = std::string(path);
  std::string text = error.message();
  if (contains(text, "error converting YAML to JSON") || contains(text, "error unmarshaling JSON"))
    text = fmt::format("YAML file [{}] encounters a format error.\n{}\n", path, text);
  else if (contains(text, "MalformedYAMLError")) text = fmt::format("{} in File: {}", text, path);
  return std::move(error).with_message(std::move(text)).at(std::move(position));
}

}  // namespace taut::kustomize
