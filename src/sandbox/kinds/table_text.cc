#include "sandbox/kinds/table_text.hh"

#include <fmt/format.h>

#include <vector>

#include "base/strings.hh"

namespace taut::sandbox::kinds {

std::string human_duration(Duration span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  auto two = [](int64_t big, char big_unit, int64_t small, char small_unit) {
    return small == 0 ? fmt::format("{}{}", big, big_unit) : fmt::format("{}{}{}{}", big, big_unit, small, small_unit);
  };
  if (seconds < 120) return fmt::format("{}s", seconds);
  const int64_t minutes = seconds / 60, hours = seconds / 3600, days = hours / 24;
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return fmt::format("{}m", minutes);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return fmt::format("{}h", hours);
  if (hours < 24 * 8) return two(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return fmt::format("{}d", days);
  if (hours < 24 * 365 * 8) return two(days / 365, 'y', days % 365, 'd');
  return fmt::format("{}y", days / 365);
}

std::string age_of(const Value& time, Time now) {
  auto then = parse_rfc3339(time.as_string());
  return then ? human_duration(now - *then) : "<unknown>";
}

std::string labels_text(const Value& labels) {
  if (labels.empty()) return "<none>";
  std::vector<std::string> parts;
  for (const Entry& label : labels.entries()) parts.push_back(fmt::format("{}={}", label.key(), label.value.as_string()));
  return join(parts, ",");
}

std::string selector_text(const Value& selector) {
  std::vector<std::string> parts;
  for (const Entry& label : selector["matchLabels"].entries()) parts.push_back(fmt::format("{}={}", label.key(), label.value.as_string()));
  for (const Value& expression : selector["matchExpressions"].items()) {
    const std::string key = expression["key"].str();
    std::string_view op = expression["operator"].as_string();
    std::vector<std::string_view> values;
    for (const Value& value : expression["values"].items()) values.push_back(value.as_string());
    if (op == "In") parts.push_back(fmt::format("{} in ({})", key, join(values, ",")));
    if (op == "NotIn") parts.push_back(fmt::format("{} notin ({})", key, join(values, ",")));
    if (op == "Exists") parts.push_back(key);
    if (op == "DoesNotExist") parts.push_back("!" + key);
  }
  return parts.empty() ? "<none>" : join(parts, ",");
}

namespace {

std::string column_of(const Value& items, const char* field) {
  std::vector<std::string_view> parts;
  for (const Value& item : items.items()) parts.push_back(item[field].as_string());
  return join(parts, ",");
}

}  // namespace

std::string container_names(const Value& containers) { return column_of(containers, "name"); }
std::string container_images(const Value& containers) { return column_of(containers, "image"); }

std::string access_modes(const Value& modes) {
  std::vector<std::string> parts;
  auto has = [&](std::string_view wanted) {
    for (const Value& mode : modes.items()) {
      if (mode.as_string() == wanted) return true;
    }
    return false;
  };
  if (has("ReadWriteOnce")) parts.emplace_back("RWO");
  if (has("ReadOnlyMany")) parts.emplace_back("ROX");
  if (has("ReadWriteMany")) parts.emplace_back("RWX");
  if (has("ReadWriteOncePod")) parts.emplace_back("RWOP");
  return join(parts, ",");
}

}  // namespace taut::sandbox::kinds
