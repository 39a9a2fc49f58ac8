#include "kustomize/why_field.hh"

#include <algorithm>

#include "base/strings.hh"
#include "kustomize/field_path.hh"
#include "value/document.hh"
#include "value/pointer.hh"
#include "yaml/reader.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

using Path = std::vector<std::string>;

bool is_index(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What stands in brackets: an index, a condition, or a name in quotes or without.
std::string bracketed(std::string_view inside) {
  bool quoted = inside.size() >= 2 && (inside[0] == '"' || inside[0] == '\'') && inside.back() == inside[0];
  if (quoted) return std::string(inside.substr(1, inside.size() - 2));
  if (is_index(inside) || inside.find('=') == std::string_view::npos) return std::string(inside);
  return "[" + std::string(inside) + "]";
}

Result<Path> parse_dotted(std::string_view text) {
  Path out;
  std::string part;
  auto flush = [&] {
    if (!part.empty()) out.push_back(std::move(part));
    part.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.') {
      flush();
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      part.push_back(text[++i]);
    } else if (text[i] == '[') {
      flush();
      size_t end = text.find(']', i);
      if (end == std::string_view::npos) return fail(Code::kInvalid, "the field {} has a bracket that is not closed", quote(text));
      out.push_back(bracketed(text.substr(i + 1, end - i - 1)));
      i = end;
    } else {
      part.push_back(text[i]);
    }
  }
  flush();
  return out;
}

// The steps of a path as a JSON pointer into a document; as far as it leads.
std::string pointer_to(const Value& root, const Path& path) {
  std::string out;
  const Value* at = &root;
  for (const std::string& part : path) {
    auto next = find_field(*at, std::span(&part, 1));
    if (!next || *next == nullptr) return out;
    std::string step = at->is_list() ? std::to_string(*next - at->items().data()) : part;
    out += "/" + escape_pointer_step(step);
    at = *next;
  }
  return out;
}

std::vector<Document> documents(std::string_view text) {
  YamlOptions options;
  options.reject_duplicate_keys = false;
  return parse_yaml(text, options).value_or(std::vector<Document>{});
}

// An object in its file, which may be an item of a List there.
uint32_t line_in_object(std::string_view text, uint32_t object_line, const Path& path) {
  uint32_t line = 0;
  for (const Document& document : documents(text)) {
    if (document.empty || document.place("").line > object_line) continue;
    std::string base;
    for (size_t i = 0; i < document.root["items"].items().size(); ++i) {
      std::string item = "/items/" + std::to_string(i);
      if (document.place(item).line <= object_line) base = item;
    }
    const Value* object = find_pointer(document.root, base);
    line = document.key_place(base + pointer_to(*object, path)).line;
  }
  return line;
}

// An operation of a JSON patch that is about the field, what is above it or below it.
bool about(const Value& operation, const Path& path) {
  auto steps = parse_pointer(operation["path"].as_string());
  if (!steps) return false;
  for (size_t i = 0; i < std::min(steps->size(), path.size()); ++i) {
    bool item = is_index((*steps)[i]) || (*steps)[i] == "-";
    if ((*steps)[i] != path[i] && !(item && path[i].starts_with('['))) return false;
  }
  return true;
}

// The line of a patch that sets the field; 0 when none does.
uint32_t line_in_patch(std::string_view text, const Path& path) {
  uint32_t line = 0;
  for (const Document& document : documents(text)) {
    if (!document.root.is_list()) {
      std::string pointer = pointer_to(document.root, path);
      if (!pointer.empty()) line = document.key_place(pointer).line;
      continue;
    }
    for (size_t i = 0; i < document.root.size(); ++i)
      if (about(document.root[i], path)) line = document.place("/" + std::to_string(i)).line;
  }
  return line;
}

}  // namespace

Result<Path> parse_field(std::string_view text) {
  if (text.starts_with('/')) return parse_pointer(text);
  TAUT_ASSIGN(Path path, parse_dotted(text));
  if (path.empty()) return fail(Code::kInvalid, "which field? For example spec.replicas");
  return path;
}

Path follow_by_name(const Value& object, Path path) {
  const Value* at = &object;
  for (std::string& part : path) {
    auto next = find_field(*at, std::span(&part, 1));
    if (!next || *next == nullptr) return path;
    const Value* name = at->is_list() && is_index(part) ? (*next)->find("name") : nullptr;
    if (name != nullptr && name->is_string()) part = "[name=" + name->str() + "]";
    at = *next;
  }
  return path;
}

std::string field_text(const Path& path) {
  std::string out;
  for (const std::string& part : path) {
    bool plain = std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '$'; });
    if (is_index(part)) out += "[" + part + "]";
    else if (part.starts_with('[')) out += part;
    else if (plain) out += "." + part;
    else out += "[" + quote(part) + "]";
  }
  return out;
}

uint32_t line_of(const Tree& tree, const Cause& cause, const Path& path) {
  const std::string& file = cause.source.empty() ? cause.file : cause.source;
  auto text = file.empty() ? Result<FileText>(fail(Code::kNotFound, "")) : tree.read(file);
  uint32_t line = 0;
  if (!cause.source.empty() && text) line = line_in_patch(**text, path);
  else if (!cause.patch.empty()) {
    // A patch in the kustomization itself starts on the line after its "|".
    line = line_in_patch(cause.patch, path);
    if (line != 0 && cause.line != 0) line += cause.line;
  } else if (cause.what.empty() && text) {
    line = line_in_object(**text, cause.line, path);
  }
  return line != 0 ? line : cause.source.empty() ? cause.line : 1;
}

}  // namespace taut::kustomize
