#include "release/record.hh"

#include <algorithm>

#include "base/base64.hh"
#include "base/go_time.hh"
#include "release/gzip.hh"
#include "tree/archive.hh"
#include "value/go_text.hh"
#include "value/json.hh"

namespace taut::release {

namespace {

constexpr uint64_t kMaxRecord = 256ull << 20;

Value texts(const std::vector<std::string>& items) {
  Value out = Value::list();
  for (const std::string& item : items) out.push_back(item);
  return out;
}

// Go's omitempty.
void set_text(Value& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object.set(key, text);
}

Value hook_value(const HookRecord& hook) {
  Value out = Value::map();
  set_text(out, "name", hook.name);
  set_text(out, "kind", hook.kind);
  set_text(out, "path", hook.path);
  set_text(out, "manifest", hook.manifest);
  if (!hook.events.empty()) out.set("events", texts(hook.events));
  Value run = Value::map({{"phase", hook.phase}});
  set_text(run, "started_at", hook.started_at);
  set_text(run, "completed_at", hook.completed_at);
  out.set("last_run", std::move(run));
  if (hook.weight != 0) out.set("weight", hook.weight);
  if (!hook.delete_policies.empty()) out.set("delete_policies", texts(hook.delete_policies));
  if (!hook.output_log_policies.empty()) out.set("output_log_policies", texts(hook.output_log_policies));
  return out;
}

Value info_value(const Release& release) {
  Value out = Value::map();
  set_text(out, "first_deployed", release.first_deployed);
  set_text(out, "last_deployed", release.last_deployed);
  set_text(out, "deleted", release.deleted);
  set_text(out, "description", release.description);
  set_text(out, "status", release.status);
  set_text(out, "notes", release.notes);
  return out;
}

// Reads fields, and remembers the first that has a type it cannot have.
class Reader {
 public:
  std::string text(const Value& object, std::string_view key) {
    const Value& value = object[key];
    check(value.is_null() || value.is_string(), value, key, "string");
    return value.str();
  }
  int64_t number(const Value& object, std::string_view key) {
    const Value& value = object[key];
    check(value.is_null() || value.is_integer(), value, key, "int");
    return value.as_int();
  }
  std::vector<std::string> list(const Value& object, std::string_view key) {
    const Value& value = object[key];
    check(value.is_null() || value.is_list(), value, key, "[]string");
    std::vector<std::string> out;
    for (const Value& item : value.items()) {
      check(item.is_string(), item, key, "string");
      out.push_back(item.str());
    }
    return out;
  }
  const Value& map(const Value& object, std::string_view key) {
    const Value& value = object[key];
    check(value.is_null() || value.is_map(), value, key, "v1.Release");
    return value;
  }
  void check(bool good, const Value& value, std::string_view key, std::string_view type) {
    if (good || problem_) return;
    problem_ = Error(Code::kInvalid, fmt::format("json: cannot unmarshal {} into Go struct field Release.{} of type {}",
                                                 go_json_kind(value), key, type));
  }
  const std::optional<Error>& problem() const { return problem_; }

 private:
  std::optional<Error> problem_;
};

HookRecord read_hook(Reader& reader, const Value& value) {
  HookRecord hook;
  hook.name = reader.text(value, "name");
  hook.kind = reader.text(value, "kind");
  hook.path = reader.text(value, "path");
  hook.manifest = reader.text(value, "manifest");
  hook.events = reader.list(value, "events");
  hook.weight = reader.number(value, "weight");
  hook.delete_policies = reader.list(value, "delete_policies");
  hook.output_log_policies = reader.list(value, "output_log_policies");
  const Value& run = reader.map(value, "last_run");
  hook.started_at = reader.text(run, "started_at");
  hook.completed_at = reader.text(run, "completed_at");
  hook.phase = reader.text(run, "phase");
  return hook;
}

void read_info(Reader& reader, const Value& info, Release& out) {
  out.first_deployed = reader.text(info, "first_deployed");
  out.last_deployed = reader.text(info, "last_deployed");
  out.deleted = reader.text(info, "deleted");
  out.description = reader.text(info, "description");
  out.status = reader.text(info, "status");
  out.notes = reader.text(info, "notes");
}

}  // namespace

bool is_pending(std::string_view status) {
  return status == kPendingInstall || status == kPendingUpgrade || status == kPendingRollback;
}

bool HookRecord::has_event(std::string_view event) const {
  return std::find(events.begin(), events.end(), event) != events.end();
}

std::string Release::chart_name() const {
  const Value& metadata = chart["metadata"];
  if (!metadata.is_map()) return "MISSING";
  return fmt::format("{}-{}", metadata["name"].as_string(), metadata["version"].as_string());
}

std::string Release::app_version() const {
  const Value& metadata = chart["metadata"];
  return metadata.is_map() ? metadata["appVersion"].str() : "MISSING";
}

std::string time_text(Time time) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  auto rest = static_cast<int32_t>((time - seconds).count());
  ZonedTime zoned = in_zone(seconds.time_since_epoch().count(), rest, TimeZone());
  return format_go_time(zoned, "2006-01-02T15:04:05.999999999Z07:00");
}

Value to_value(const Release& release) {
  Value out = Value::map();
  set_text(out, "name", release.name);
  out.set("info", info_value(release));
  if (!release.chart.is_null()) out.set("chart", release.chart);
  if (!release.config.empty()) out.set("config", release.config);
  set_text(out, "manifest", release.manifest);
  if (!release.hooks.empty()) {
    Value& hooks = out.set("hooks", Value::list());
    for (const HookRecord& hook : release.hooks) hooks.push_back(hook_value(hook));
  }
  if (release.version != 0) out.set("version", release.version);
  set_text(out, "namespace", release.ns);
  set_text(out, "apply_method", release.apply_method);
  return out;
}

Result<Release> release_of(const Value& value) {
  Reader reader;
  Release out;
  reader.check(value.is_map(), value, "", "v1.Release");
  out.name = reader.text(value, "name");
  out.ns = reader.text(value, "namespace");
  out.version = reader.number(value, "version");
  out.manifest = reader.text(value, "manifest");
  out.apply_method = reader.text(value, "apply_method");
  out.chart = reader.map(value, "chart");
  out.config = reader.map(value, "config");
  read_info(reader, reader.map(value, "info"), out);
  const Value& hooks = value["hooks"];
  reader.check(hooks.is_null() || hooks.is_list(), hooks, "hooks", "[]*v1.Hook");
  for (const Value& hook : hooks.items()) {
    reader.check(hook.is_map(), hook, "hooks", "v1.Hook");
    out.hooks.push_back(read_hook(reader, hook));
  }
  if (reader.problem()) return fail(*reader.problem());
  return out;
}

std::string encode_record(const Release& release) { return base64_encode(gzip(to_json(to_value(release)))); }

Result<Release> decode_record(std::string_view text) {
  auto bytes = base64_decode(text);
  if (!bytes) return fail(Code::kInvalid, "illegal base64 data in the record of a release");
  if (bytes->starts_with("\x1f\x8b\x08")) {
    TAUT_ASSIGN(*bytes, gunzip(*bytes, kMaxRecord));
  }
  TAUT_ASSIGN(Value value, parse_json(*bytes));
  return release_of(value);
}

}  // namespace taut::release
