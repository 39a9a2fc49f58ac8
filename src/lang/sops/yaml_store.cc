#include <algorithm>
#include <optional>

#include "base/strings.hh"
#include "lang/sops/cipher.hh"
#include "lang/sops/stores.hh"
#include "value/pointer.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::sops {
namespace {

constexpr size_t kIndent = 4;  // SOPS' own
constexpr std::string_view kComment = "#ENC[AES256_GCM,";

// A Value's places, as a tree in the order of the text.
class Order {
 public:
  Order(const Document& document, size_t start) : document_(document), start_(start) {}

  Node read(const Value& value, const std::string& pointer) const {
    Node out;
    auto found = document_.places.find(document_.root, pointer);
    if (found.value != UINT32_MAX) out.at = start_ + found.value;
    if (found.key != UINT32_MAX) out.key_at = start_ + found.key;
    if (value.is_map()) {
      out.kind = Node::Kind::kMap;
      for (const Entry& entry : value.entries())
        out.fields.push_back({std::string(entry.key()), read(entry.value, pointer + '/' + escape_pointer_step(entry.key()))});
      std::ranges::stable_sort(out.fields, {}, [](const auto& field) { return field.node.key_at; });
    } else if (value.is_list()) {
      out.kind = Node::Kind::kList;
      for (size_t i = 0; i < value.size(); ++i) out.fields.push_back({"", read(value[i], fmt::format("{}/{}", pointer, i))});
    } else {
      out.scalar = value;
    }
    return out;
  }

 private:
  const Document& document_;
  size_t start_;
};

std::vector<size_t> line_starts(std::string_view text) {
  std::vector<size_t> out = {0};
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') out.push_back(i + 1);
  return out;
}

struct Edit {
  size_t begin, end;
  std::string text;
};

// Where a key stands, for the comments around it.
struct Spot {
  size_t at;
  std::vector<std::string> path;
};

class Editor {
 public:
  Editor(std::string_view text, std::string_view key) : text_(text), key_(key) {}

  bool add(const Node& sealed, const Node& plain) {
    if (!cut_metadata(sealed)) return false;
    return walk(sealed, plain, false);
  }

  std::optional<std::string> apply() {
    add_comments();
    std::ranges::stable_sort(edits_, {}, &Edit::begin);
    std::string out;
    size_t at = 0;
    for (const Edit& edit : edits_) {
      if (edit.begin < at) return std::nullopt;
      out += text_.substr(at, edit.begin - at);
      out += edit.text;
      at = edit.end;
    }
    return out += text_.substr(at);
  }

 private:
  size_t column(size_t at) const {
    size_t line = at == 0 ? std::string::npos : text_.rfind('\n', at - 1);
    return line == std::string::npos ? at : at - line - 1;
  }

  // From the key `sops` to the next line that is not indented.
  bool cut_metadata(const Node& root) {
    const Node* sops = root.find("sops");
    if (!sops) return true;
    if (sops->key_at >= text_.size() || column(sops->key_at) != 0) return false;
    size_t end = sops->key_at;
    do {
      size_t next = text_.find('\n', end);
      end = next == std::string_view::npos ? text_.size() : next + 1;
    } while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\n' || text_[end] == '\r'));
    edits_.push_back({sops->key_at, end, ""});
    return true;
  }

  bool walk(const Node& sealed, const Node& plain, bool in_list) {
    if (sealed.kind == Node::Kind::kScalar) return sealed.scalar == plain.scalar || replace(sealed, plain, in_list);
    size_t index = 0;
    for (const auto& [name, field] : sealed.fields) {
      bool list = sealed.kind == Node::Kind::kList;
      if (path_.empty() && name == "sops" && !list) continue;
      if (index >= plain.fields.size()) return false;
      if (!list) path_.push_back(name);
      spots_.push_back({list ? field.at : field.key_at, path_});
      bool good = walk(field, plain.fields[index++].node, list);
      if (!list) path_.pop_back();
      if (!good) return false;
    }
    return true;
  }

  bool replace(const Node& sealed, const Node& plain, bool in_list) {
    std::string_view value = sealed.scalar.as_string();
    if (sealed.at >= text_.size()) return false;
    char first = text_[sealed.at];
    size_t start = sealed.at + (first == '"' || first == '\'' ? 1 : 0);
    if (text_.substr(start, value.size()) != value) return false;
    size_t end = start + value.size();
    if (start != sealed.at && (end >= text_.size() || text_[end++] != first)) return false;
    // SOPS seals a comment in a list as if it were an item.
    if (plain.comment) {
      if (!in_list || sealed.at < 2 || text_[sealed.at - 2] != '-') return false;
      edits_.push_back({sealed.at - 2, end, '#' + plain.scalar.str()});
      return true;
    }
    size_t parent = in_list ? column(sealed.at) - std::min<size_t>(2, column(sealed.at)) : column(sealed.key_at);
    size_t indent = in_list ? parent + 2 : kIndent * ((parent + kIndent) / kIndent);
    edits_.push_back({sealed.at, end, scalar_text(plain, parent, indent)});
    return true;
  }

  // As go-yaml prints a value at that place.
  static std::string scalar_text(const Node& plain, size_t parent, size_t indent) {
    if (plain.date) return plain.scalar.str();
    std::string printed = to_yaml(Value::map({{"k", plain.scalar}}), YamlForm::kGoV3).substr(3);
    if (printed.ends_with('\n')) printed.pop_back();
    if (printed.starts_with("|2")) printed.replace(1, 1, std::to_string(indent - parent));
    return replace_all(printed, "\n  ", '\n' + std::string(indent, ' '));
  }

  // A comment is sealed with the path of the list or map that it stands in: that of a key close by or above.
  void add_comments() {
    std::ranges::stable_sort(spots_, {}, &Spot::at);
    for (size_t at = text_.find(kComment); at != std::string_view::npos; at = text_.find(kComment, at + 1)) {
      size_t end = text_.find(']', at);
      if (end == std::string_view::npos) return;
      std::string_view sealed = text_.substr(at + 1, end - at);
      if (!sealed.ends_with(",type:comment]")) continue;
      auto after = std::ranges::upper_bound(spots_, at, {}, &Spot::at);
      bool opened = after != spots_.end() && open_comment(at, end + 1, sealed, after->path);
      if (!opened && after != spots_.begin()) open_comment(at, end + 1, sealed, std::prev(after)->path);
    }
  }

  bool open_comment(size_t begin, size_t end, std::string_view sealed, std::vector<std::string> path) {
    for (;; path.pop_back()) {
      std::string joined;
      for (const std::string& step : path) joined += step + ':';
      if (auto plain = decrypt_value(sealed, key_, path.empty() ? ":" : joined)) {
        edits_.push_back({begin, end, '#' + plain->scalar.str()});
        return true;
      }
      if (path.empty()) return false;
    }
  }

  std::string_view text_, key_;
  std::vector<std::string> path_;
  std::vector<Spot> spots_;
  std::vector<Edit> edits_;
};

bool same_documents(std::string_view text, const File& file) {
  auto read = load_yaml(text);
  if (!read || read->size() != file.documents.size()) return false;
  for (size_t i = 0; i < read->size(); ++i)
    if (to_value((*read)[i]) != to_value(file.documents[i])) return false;
  return true;
}

}  // namespace

Result<std::vector<Node>> load_yaml(std::string_view text) {
  YamlOptions options;
  options.schema = Schema::kGoV3;
  TAUT_ASSIGN(auto documents, parse_yaml(text, options));
  std::vector<size_t> starts = line_starts(text);
  std::vector<Node> out;
  for (const Document& document : documents) {
    const Value& root = document.root;
    if (!root.is_map() && !root.is_null())
      return fail(Code::kInvalid, "Error unmarshaling input YAML: YAML documents that are {} are not supported", root.is_list() ? "sequences" : "values");
    size_t start = starts[std::min<size_t>(document.first_line, starts.size()) - 1];
    out.push_back(Order(document, start).read(root.is_null() ? Value::map() : root, ""));
  }
  return out;
}

std::string emit_yaml(const File& file, std::string_view text, std::string_view key) {
  auto sealed = load_yaml(text);
  if (!sealed || sealed->size() != file.documents.size()) return print_yaml(file);
  Editor editor(text, key);
  for (size_t i = 0; i < sealed->size(); ++i)
    if (!editor.add((*sealed)[i], file.documents[i])) return print_yaml(file);
  auto out = editor.apply();
  return out && same_documents(*out, file) ? std::move(*out) : print_yaml(file);
}

std::string print_yaml(const File& file) {
  std::string out;
  for (const Node& document : file.documents) {
    if (!out.empty()) out += "---\n";
    out += to_yaml(to_value(document), YamlForm::kGoV3);
  }
  return out;
}

}  // namespace taut::sops
