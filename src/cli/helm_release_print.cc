#include "cli/helm_release_print.hh"

#include <fmt/format.h>

#include <algorithm>

#include "base/go_time.hh"
#include "base/runes.hh"
#include "base/strings.hh"
#include "cli/helm_commands.hh"
#include "release/chart_record.hh"
#include "render/machine_environment.hh"
#include "value/json.hh"
#include "yaml/writer.hh"

namespace taut::cli {
namespace {

size_t width_of(std::string_view text) {
  size_t out = 0;
  while (!text.empty()) {
    take_rune(text);
    ++out;
  }
  return out;
}

Value value_of(const Fields& fields) {
  Value out = Value::map();
  for (const auto& [name, value] : fields) out.set(name, value);
  return out;
}

std::string tests_text(const release::Release& release) {
  std::string out;
  bool any = false;
  for (const release::HookRecord& hook : release.hooks) {
    if (!hook.has_event("test")) continue;
    any = true;
    if (hook.started_at.empty()) continue;
    out += fmt::format("TEST SUITE:     {}\nLast Started:   {}\nLast Completed: {}\nPhase:          {}\n", hook.name,
                       shown_time(hook.started_at, kAnsic), shown_time(hook.completed_at, kAnsic), hook.phase);
  }
  return any ? out : "TEST SUITE: None\n";
}

std::string hooks_text(const release::Release& release) {
  std::string out;
  for (const release::HookRecord& hook : release.hooks) {
    out += fmt::format("---\n# Source: {}\n{}\n", hook.path, hook.manifest);
  }
  return out;
}

// With the blanks of Go's strings.TrimSpace.
std::string notes_text(const release::Release& release) { return fmt::format("NOTES:\n{}\n", trim(release.notes)); }

}  // namespace

void declare_output(Flags& flags, std::string& format) {
  flags.add("output", 'o', "FORMAT", "table, json or yaml", &format, {"table", "json", "yaml"});
}

std::string helm_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += '\t';
      out += row[i];
      out.append(widths[i] - width_of(row[i]), ' ');
    }
    out += '\n';
  }
  return out.empty() ? "\n" : out;
}

std::string fields_json(const Fields& fields) {
  std::string out = "{";
  for (const auto& [name, value] : fields) {
    if (out.size() > 1) out += ',';
    append_json_string(name, out);
    out += ':';
    append_json(value, out, {.escape_html = true});
  }
  return out + "}";
}

std::string encoded(const Value& value, std::string_view format) {
  if (format == "yaml") return to_yaml(value);
  return to_json(value, {.escape_html = true}) + "\n";
}

std::string encoded(const std::vector<Fields>& rows, std::string_view format) {
  if (format == "yaml") {
    Value list = Value::list();
    for (const Fields& row : rows) list.push_back(value_of(row));
    return to_yaml(list);
  }
  std::string out = "[";
  for (const Fields& row : rows) out += (out.size() > 1 ? "," : "") + fields_json(row);
  return out + "]\n";
}

std::string shown_time(const std::string& recorded, std::string_view layout) {
  if (recorded.empty()) return "-";
  static const TimeZone zone = render::machine_environment().zone;
  auto time = parse_go_time("2006-01-02T15:04:05.999999999Z07:00", recorded, zone);
  if (!time) return recorded;
  return format_go_time(*time, layout.empty() ? "2006-01-02 15:04:05.999999999 -0700 MST" : layout);
}

Result<std::string> status_text(const release::Release& release, const StatusOptions& options) {
  std::string out = fmt::format("NAME: {}\n", release.name);
  if (!release.last_deployed.empty()) {
    out += fmt::format("LAST DEPLOYED: {}\n", shown_time(release.last_deployed, kAnsic));
  }
  out += fmt::format("NAMESPACE: {}\nSTATUS: {}\nREVISION: {}\n", release.ns, release.status, release.version);
  if (options.metadata) {
    const Value& metadata = release.chart["metadata"];
    out += fmt::format("CHART: {}\nVERSION: {}\nAPP_VERSION: {}\n", metadata["name"].as_string(),
                       metadata["version"].as_string(), metadata["appVersion"].as_string());
  }
  out += fmt::format("DESCRIPTION: {}\n", release.description);
  if (options.resources) out += resources_text(*options.resources);
  out += tests_text(release);
  if (options.debug) {
    TAUT_ASSIGN(Value all, release::all_values(release.chart, release.config, helm::Compat::kHelm42));
    out += fmt::format("USER-SUPPLIED VALUES:\n{}\nCOMPUTED VALUES:\n{}\n", to_yaml(release.config),
                       to_yaml(all));
  }
  if (release.description == "Dry run complete" || options.debug) {
    out += fmt::format("HOOKS:\n{}MANIFEST:\n{}\n", hooks_text(release), release.manifest);
  }
  if (!options.hide_notes && !release.notes.empty()) out += notes_text(release);
  return out;
}

int print_release(const release::Release& release, std::string_view format, const StatusOptions& options) {
  if (format != "table") {
    Value value = release::to_value(release);
    if (options.resources && !options.resources->empty()) {
      value.edit("info").set("resources", resources_value(*options.resources));
    }
    fmt::print("{}", format == "json" ? release_json(value) : encoded(value, format));
    return kDone;
  }
  auto text = status_text(release, options);
  if (!text) return print_helm_error(text.error());
  fmt::print("{}", *text);
  return kDone;
}

}  // namespace taut::cli
