#include "plan/ignore.hh"

#include <algorithm>
#include <charconv>

#include "base/strings.hh"
#include "lang/glob/glob.hh"

namespace taut::plan {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  return pattern == "*" || pattern == text || glob_matches(pattern, text);
}

// RFC 6901: ~1 is "/", ~0 is "~".
std::vector<std::string> pointer_parts(std::string_view pointer) {
  std::vector<std::string> parts;
  if (!pointer.starts_with('/')) return parts;
  for (std::string_view part : split(pointer.substr(1), '/'))
    parts.push_back(replace_all(replace_all(part, "~1", "/"), "~0", "~"));
  return parts;
}

// As Go's Atoi reads it and the library of JSON patches takes it: -1 is the last item.
std::optional<size_t> index_of(std::string_view text, size_t size) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  int64_t index = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (index < 0) index += static_cast<int64_t>(size);
  if (index < 0 || static_cast<size_t>(index) >= size) return std::nullopt;
  return static_cast<size_t>(index);
}

// Does the path lead somewhere? Asked first, so that nothing is copied for a pointer that leads nowhere.
bool leads_somewhere(const Value& object, std::span<const std::string> parts) {
  const Value* node = &object;
  for (const auto& part : parts) {
    if (node->is_map()) {
      node = node->find(part);
    } else {
      auto index = node->is_list() ? index_of(part, node->size()) : std::nullopt;
      node = index ? &(*node)[*index] : nullptr;
    }
    if (!node) return false;
  }
  return true;
}

void remove_at(Value& object, std::span<const std::string> parts) {
  Value* node = &object;
  for (size_t i = 0; i + 1 < parts.size(); ++i)
    node = node->is_map() ? &node->edit(parts[i]) : &node->edit(*index_of(parts[i], node->size()));
  if (node->is_map())
    node->erase(parts.back());
  else
    node->erase_at(*index_of(parts.back(), node->size()));
}

}  // namespace

bool IgnoreRule::applies_to(const Value& object) const {
  Gvk gvk = Gvk::of(object);
  return matches(group, gvk.group) && matches(kind, gvk.kind) && (name.empty() || name == name_of(object)) &&
         (ns.empty() || ns == namespace_of(object));
}

Value without_ignored(Value object, std::span<const IgnoreRule> rules) {
  for (const IgnoreRule& rule : rules) {
    if ((rule.json_pointers.empty() && rule.jq_expressions.empty()) || !rule.applies_to(object)) continue;
    for (const auto& pointer : rule.json_pointers) {
      auto parts = pointer_parts(pointer);
      if (!parts.empty() && leads_somewhere(object, parts)) remove_at(object, parts);
    }
    for (const auto& expression : rule.jq_expressions)
      if (auto rest = expression->remove(object)) object = std::move(*rest);
  }
  return object;
}

void drop_ignored(std::vector<FieldChange>& changes, const Value& object, std::span<const IgnoreRule> rules) {
  for (const IgnoreRule& rule : rules) {
    if (rule.managers.empty() || !rule.applies_to(object)) continue;
    std::erase_if(changes, [&](const FieldChange& change) {
      return std::ranges::find(rule.managers, change.owner) != rule.managers.end();
    });
  }
}

}  // namespace taut::plan
