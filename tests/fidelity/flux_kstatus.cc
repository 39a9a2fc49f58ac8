#include "groups.hh"
#include "health/kstatus.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::fidelity {
namespace {

// Long after every case was made and long before its "future" objects.
const Time kNow = *parse_rfc3339("2030-01-01T00:00:00Z");

std::string wanted(const Value& c) {
  if (!c["error"].empty()) return fmt::format("error {}", c["error"].as_string());
  return fmt::format("{} \"{}\" {}", c["status"].as_string(), c["message"].as_string(), to_json(c["conditions"]));
}

std::string computed(const Value& object) {
  auto status = kstatus(object, kNow);
  if (!status) return fmt::format("error {}", status.error().message());
  Value conditions = Value::list();
  for (const KstatusCondition& c : status->conditions) {
    Value item = Value::map({{"type", c.type}, {"status", c.status}});
    if (!c.reason.empty()) item.set("reason", c.reason);
    if (!c.message.empty()) item.set("message", c.message);
    conditions.push_back(std::move(item));
  }
  return fmt::format("{} \"{}\" {}", kstatus_name(status->code), status->message, to_json(conditions));
}

void check(const Value& c, const Value& object, Report& report) {
  std::string got = computed(object);
  bool crashed = c["error"].as_string().starts_with("PANIC");
  if (crashed && got.starts_with("error ")) return report.pass();
  report.expect(c["id"].as_string(), wanted(c), got);
}

}  // namespace

// {object, status, message, conditions, error}; a crash of the real tool asks for any clean error.
Status flux_kstatus_generated(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) check(c, c["object"], report);
  return {};
}

// The same with the object as YAML text in `manifest`, of which some set a key twice.
Status flux_kstatus_upstream(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    auto document = parse_yaml_document(c["manifest"].as_string(), {.reject_duplicate_keys = false});
    if (document) {
      check(c, document->root, report);
    } else {
      report.fail(c["id"].as_string(), document.error().report());
    }
  }
  return {};
}

}  // namespace taut::fidelity
