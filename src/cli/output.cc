#include "cli/output.hh"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "base/strings.hh"
#include "base/time.hh"
#include "lang/jsonpath/jsonpath.hh"
#include "value/json.hh"
#include "yaml/writer.hh"

namespace taut::cli {

void print_object(const Value& object, std::string_view format) {
  if (format == "json") {
    fmt::print("{}\n", to_json(object, {.indent = "    "}));
  } else {
    fmt::print("{}", to_yaml(object));
  }
}

namespace {

constexpr std::string_view kJsonPath = "jsonpath=";

// The object, or a v1 List of several.
Value one_of(const std::vector<Value>& objects) {
  if (objects.size() == 1) return objects[0];
  Value list = Value::map({{"apiVersion", "v1"}, {"kind", "List"}, {"items", Value::list()}});
  for (const Value& object : objects) list.edit("items").push_back(object);
  return list;
}

}  // namespace

void print_objects(const std::vector<Value>& objects, std::string_view format) { print_object(one_of(objects), format); }

bool is_json_path(std::string_view format) { return format.starts_with(kJsonPath); }

Status print_json_path(const std::vector<Value>& objects, std::string_view format) {
  const std::string_view text = format.substr(kJsonPath.size());
  auto path = jsonpath::Template::parse(text);
  if (!path) return fail(Error(path.error()).with_message(fmt::format("error parsing jsonpath {}, {}", text, path.error().message())));
  auto out = path->print(one_of(objects), {.allow_missing_keys = true});
  if (!out) return fail(Error(out.error()).with_message(fmt::format("error executing jsonpath {}: {}", quote(text), out.error().message())));
  fmt::print("{}", *out);
  return {};
}

std::string age(std::string_view time) {
  auto then = parse_rfc3339(time);
  if (!then) return "<unknown>";
  auto now = std::chrono::system_clock::now();
  int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *then).count();
  if (seconds < 0) return "0s";
  int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  auto pair = [](int64_t large, const char* unit, int64_t small, const char* small_unit) {
    return small == 0 ? fmt::format("{}{}", large, unit) : fmt::format("{}{}{}{}", large, unit, small, small_unit);
  };
  if (seconds < 120) return fmt::format("{}s", seconds);
  if (minutes < 10) return pair(minutes, "m", seconds % 60, "s");
  if (hours < 3) return fmt::format("{}m", minutes);
  if (hours < 8) return pair(hours, "h", minutes % 60, "m");
  if (hours < 48) return fmt::format("{}h", hours);
  if (days < 8) return pair(days, "d", hours % 24, "h");
  if (days < 365 * 2) return fmt::format("{}d", days);
  if (days < 365 * 8) return pair(days / 365, "y", days % 365, "d");
  return fmt::format("{}y", days / 365);
}

}  // namespace taut::cli
