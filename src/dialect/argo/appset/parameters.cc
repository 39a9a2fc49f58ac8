#include "dialect/argo/appset/parameters.hh"

#include "base/go_number.hh"
#include "lang/glob/glob.hh"
#include "value/go_text.hh"

namespace taut::argo::appset {
namespace {

std::string printed(const Value& value) {
  return value.is_number() ? format_go_float(value.as_double(), 'g', -1) : go_text(value);
}

void flatten_into(Value& out, const std::string& prefix, const Value& value) {
  auto name = [&](const std::string& part) { return prefix.empty() ? part : prefix + "." + part; };
  bool nested = value.is_map() || value.is_list();
  if (!nested) {
    out.set(prefix, printed(value));
    return;
  }
  for (const auto& [key, item] : value.entries()) flatten_into(out, name(std::string(key.as_string())), item);
  size_t index = 0;
  for (const Value& item : value.items()) flatten_into(out, name(std::to_string(index++)), item);
}

bool is_empty(const Value& value) {
  if (value.is_map() || value.is_list() || value.is_string()) return value.empty();
  if (value.is_bool()) return !value.as_bool();
  return value.is_null() || (value.is_number() && value.as_double() == 0);
}

}  // namespace

Value flattened(const Value& parameters) {
  Value out = Value::map({});
  flatten_into(out, "", parameters);
  return out;
}

Status add_values(const Value& values, Value& parameters, const Language& language) {
  if (!values.is_map()) return {};
  Value filled = Value::map({});
  for (const auto& [key, text] : values.entries()) {
    auto result = fill(text.as_string(), parameters, language);
    if (!result)
      return fail(result.error().code(), "failed to replace templated string: failed to replace templated string with rendered values: {}",
                  result.error().message());
    filled.set(key.as_string(), *result);
  }
  if (language.go_template) {
    if (!filled.empty()) parameters.set("values", filled);
    return {};
  }
  for (const auto& [key, text] : filled.entries()) parameters.set("values." + std::string(key.as_string()), text);
  return {};
}

std::string folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "." : slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string base_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return ".";
  size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos || path.size() == 1 ? path : path.substr(slash + 1));
}

// Go's pattern language has no `**` and no alternatives: braces are characters.
bool path_matches(std::string_view pattern, std::string_view path) {
  std::string glob;
  for (char c : pattern) {
    if (c == '{' || c == '}' || c == ',') glob += '\\';
    if (c == '*' && glob.ends_with('*') && !glob.ends_with("\\*")) continue;
    glob += c == '^' && glob.ends_with('[') ? '!' : c;
  }
  return glob_matches(glob, path, "/");
}

void merge_over(Value& into, const Value& from) {
  for (const auto& [key, value] : from.entries()) {
    const Value* held = into.find(key.as_string());
    if (held && held->is_map() && value.is_map()) {
      Value merged = *held;
      merge_over(merged, value);
      into.set(key.as_string(), std::move(merged));
    } else {
      into.set(key.as_string(), value);
    }
  }
}

void merge_under(Value& into, const Value& from) {
  for (const auto& [key, value] : from.entries()) {
    const Value* held = into.find(key.as_string());
    if (held && held->is_map() && value.is_map()) {
      Value merged = *held;
      merge_under(merged, value);
      into.set(key.as_string(), std::move(merged));
    } else if (!held || is_empty(*held)) {
      into.set(key.as_string(), value);
    }
  }
}

}  // namespace taut::argo::appset
