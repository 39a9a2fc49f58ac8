#include "value/pointer.hh"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/strings.hh"

namespace taut {
namespace {

std::string unescape(std::string_view step) {
  std::string out;
  out.reserve(step.size());
  for (size_t i = 0; i < step.size(); ++i) {
    bool escaped = step[i] == '~' && i + 1 < step.size() && (step[i + 1] == '0' || step[i + 1] == '1');
    out += escaped ? (step[++i] == '0' ? '~' : '/') : step[i];
  }
  return out;
}

bool plain_name(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '$';
  });
}

}  // namespace

Result<std::vector<std::string>> parse_pointer(std::string_view pointer) {
  std::vector<std::string> steps;
  if (pointer.empty()) return steps;
  if (pointer[0] != '/') return fail(Code::kInvalid, "JSON pointer {} must be empty or start with a slash", quote(pointer));
  for (std::string_view step : split(pointer.substr(1), '/')) steps.push_back(unescape(step));
  return steps;
}

std::string escape_pointer_step(std::string_view step) {
  return replace_all(replace_all(step, "~", "~0"), "/", "~1");
}

std::string make_pointer(const std::vector<std::string>& steps) {
  std::string out;
  for (const std::string& step : steps) {
    out += '/';
    out += escape_pointer_step(step);
  }
  return out;
}

std::optional<size_t> pointer_index(std::string_view step) {
  if (step.empty() || (step[0] == '0' && step.size() > 1)) return std::nullopt;
  size_t index = 0;
  auto [rest, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (error != std::errc() || rest != step.data() + step.size()) return std::nullopt;
  return index;
}

const Value* find_pointer(const Value& root, std::string_view pointer) {
  auto steps = parse_pointer(pointer);
  if (!steps) return nullptr;
  const Value* at = &root;
  for (const std::string& step : *steps) {
    if (at->is_map()) {
      at = at->find(step);
    } else {
      auto index = pointer_index(step);
      if (!at->is_list() || !index || *index >= at->size()) return nullptr;
      at = &at->items()[*index];
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string pointer_to_field_path(const Value& root, std::string_view pointer) {
  auto steps = parse_pointer(pointer);
  if (!steps || steps->empty()) return ".";
  std::string out;
  const Value* at = &root;
  for (const std::string& step : *steps) {
    bool list = at != nullptr && at->is_list();
    if (list) out += "[" + step + "]";
    else out += plain_name(step) ? "." + step : "[" + quote(step) + "]";
    auto index = pointer_index(step);
    if (list) at = index && *index < at->size() ? &at->items()[*index] : nullptr;
    else at = at != nullptr ? at->find(step) : nullptr;
  }
  return out;
}

}  // namespace taut
