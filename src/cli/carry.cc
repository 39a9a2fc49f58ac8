#include "cli/carry.hh"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/strings.hh"
#include "cli/write_back.hh"
#include "value/json.hh"
#include "value/pointer.hh"
#include "yaml/reader.hh"
#include "yaml/writer.hh"

namespace taut::cli {
namespace {

// A scalar and where it stands. `way` tells list items by their names, so that it means the same in another file.
struct Scalar {
  Value value;
  std::string pointer;
  size_t document = 0;
};
using Scalars = std::map<std::string, Scalar>;

std::vector<Document> documents_of(std::string_view text) {
  YamlOptions options;
  options.reject_duplicate_keys = false;
  return parse_yaml(text, options).value_or(std::vector<Document>{});
}

void add_scalars(const Value& value, const std::string& way, const std::string& pointer, size_t document, Scalars& out) {
  for (const auto& [key, item] : value.entries())
    add_scalars(item, fmt::format("{}.{}", way, key.as_string()), fmt::format("{}/{}", pointer, escape_pointer_step(key.as_string())), document, out);
  for (size_t i = 0; i < value.items().size(); ++i) {
    const Value& name = value.items()[i]["name"];
    std::string step = name.is_string() ? name.str() : std::to_string(i);
    add_scalars(value.items()[i], fmt::format("{}[{}]", way, step), fmt::format("{}/{}", pointer, i), document, out);
  }
  if (!value.is_map() && !value.is_list()) out.try_emplace(way, Scalar{value, pointer, document});
}

// Objects of a file are told by kind and name.
Scalars scalars_of(const std::vector<Document>& documents) {
  Scalars out;
  for (size_t i = 0; i < documents.size(); ++i) {
    const Value& root = documents[i].root;
    std::string object = root["metadata"]["name"].is_string() ? fmt::format("{}/{}:", root["kind"].str(), root["metadata"]["name"].str()) : "";
    add_scalars(root, object, "", i, out);
  }
  return out;
}

bool names_image(std::string_view way) {
  std::string_view field = way.substr(way.rfind('.') + 1);
  if (field == "newTag" || field == "newName") return contains(way, ".images[");
  if (field == "digest") return contains(way, ".images[") || contains(way, "mage.");
  if (field == "image") return true;
  return (field == "tag" || field == "repository") && (contains(way, "image.") || contains(way, "Image."));
}

bool wanted(std::string_view way, const Carry& what) {
  if (names_image(way)) return true;
  std::string_view field = way.substr(way.find(':') == std::string_view::npos ? 0 : way.find(':') + 1);
  auto plain = [](std::string_view text) { return text.starts_with('.') ? text.substr(1) : text; };
  return std::ranges::any_of(what.fields, [&](const std::string& name) { return plain(field) == plain(name); });
}

std::string spelled(const Value& value) {
  std::string text = to_yaml(value);
  return std::string(trim_right(text, "\n"));
}

std::string key_of(const std::string& pointer) {
  auto steps = parse_pointer(pointer);
  return steps && !steps->empty() ? steps->back() : "";
}

// `images:` entries of a kustomization that only the other one has, after the last that is there or at the end.
std::string with_new_images(std::string text, const Value& from, const Value& to) {
  std::string added;
  for (const Value& image : from["images"].items()) {
    bool known = std::ranges::any_of(to["images"].items(), [&](const Value& item) { return item["name"] == image["name"]; });
    if (known) continue;
    std::string item = to_yaml(Value::list({image}));
    added += item;
  }
  if (added.empty()) return text;
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  if (to["images"].empty()) return text + "images:\n" + added;
  // Items are indented as the ones before them.
  std::vector<std::string_view> lines = split(text, '\n');
  std::string out, indent;
  bool inside = false, done = false;
  for (size_t i = 0; i + 1 < lines.size() || (i < lines.size() && !lines[i].empty()); ++i) {
    bool item = inside && (lines[i].starts_with(' ') || lines[i].starts_with('-') || lines[i].empty());
    if (inside && !item && !done) {
      for (std::string_view line : split(trim_right(added, "\n"), '\n')) out += fmt::format("{}{}\n", indent, line);
      done = true;
    }
    if (inside && item && trim(lines[i]).starts_with("- ")) indent = std::string(lines[i].substr(0, lines[i].find('-')));
    inside = item || lines[i].starts_with("images:");
    out += fmt::format("{}\n", lines[i]);
  }
  if (!done)
    for (std::string_view line : split(trim_right(added, "\n"), '\n')) out += fmt::format("{}{}\n", indent, line);
  return out;
}

bool is_kustomization(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml") || is_kustomization(path); }

std::string carried(const std::string& path, const std::string& from, std::string text, const Carry& what) {
  auto source = documents_of(from), target = documents_of(text);
  Scalars given = scalars_of(source), present = scalars_of(target);
  for (const auto& [way, scalar] : present) {
    auto other = given.find(way);
    if (!wanted(way, what) || other == given.end() || other->second.value == scalar.value) continue;
    uint32_t line = target[scalar.document].key_place(scalar.pointer).line;
    text = with_scalar(std::move(text), line, key_of(scalar.pointer), spelled(other->second.value));
  }
  if (is_kustomization(path) && !source.empty() && !target.empty()) text = with_new_images(std::move(text), source[0].root, target[0].root);
  return text;
}

}  // namespace

std::string with_scalar(std::string text, uint32_t line, const std::string& key, const std::string& scalar) {
  size_t start = 0;
  for (uint32_t i = 1; i < line && start != std::string::npos; ++i) start = text.find('\n', start) == std::string::npos ? std::string::npos : text.find('\n', start) + 1;
  if (line == 0 || start == std::string::npos) return text;
  size_t end = std::min(text.find('\n', start), text.size());
  size_t at = text.find(key + ":", start);
  if (at == std::string::npos || at >= end) return text;
  size_t value = text.find_first_not_of(' ', at + key.size() + 1);
  if (value == std::string::npos || value >= end) return text;
  size_t stop = end;
  if (text[value] == '"' || text[value] == '\'') {
    size_t close = text.find(text[value], value + 1);
    if (close != std::string::npos && close < end) stop = close + 1;
  } else {
    if (size_t comment = text.find(" #", value); comment < end) stop = comment;
    if (size_t comma = text.find_first_of(",}", value); comma < end && text.find('{', start) < value) stop = comma;
    while (stop > value && text[stop - 1] == ' ') --stop;
  }
  return text.replace(value, stop - value, scalar);
}

Result<git::FileChanges> carry(const Tree& tree, const std::string& from, const std::string& to, const Carry& what) {
  TAUT_ASSIGN(auto sources, files_below(tree, from));
  TAUT_ASSIGN(auto targets, files_below(tree, to));
  git::FileChanges out;
  auto below = [](const std::string& folder, const std::string& path) { return folder.empty() ? path : path.substr(folder.size() + 1); };
  for (const std::string& path : sources) {
    std::string other = to.empty() ? below(from, path) : to + "/" + below(from, path);
    bool there = std::ranges::binary_search(targets, other);
    if (!what.everything && (!there || !is_yaml(path))) continue;
    TAUT_ASSIGN(auto given, tree.read(path));
    std::string before, after = *given;
    if (there) {
      TAUT_ASSIGN(auto text, tree.read(other));
      before = *text;
      if (!what.everything) after = carried(other, *given, before, what);
    }
    if (!there || before != after) out[other] = std::move(after);
  }
  if (!what.everything) return out;
  for (const std::string& path : targets)
    if (!std::ranges::binary_search(sources, from.empty() ? below(to, path) : from + "/" + below(to, path))) out[path] = std::nullopt;
  return out;
}

}  // namespace taut::cli
