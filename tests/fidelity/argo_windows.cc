#include "dialect/argo/sync_windows.hh"
#include "groups.hh"
#include "value/json.hh"

namespace taut::fidelity {
namespace {

Time time_of(const Value& text) { return parse_rfc3339(text.as_string()).value_or(Time{}); }

std::string answer(const Result<bool>& result) {
  if (!result) return "error: " + result.error().message();
  return *result ? "yes" : "no";
}

std::string wanted(const Value& c, std::string_view field) {
  if (!c["err"].as_string().empty()) return "error: " + c["err"].str();
  return c[field].as_bool() ? "yes" : "no";
}

}  // namespace

// {window, now, active, err}
Status argo_window_active(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    auto window = argo::SyncWindow::read(c["window"]);
    Result<bool> active = window ? Result<bool>(window->active(time_of(c["now"]))) : tl::unexpected(window.error());
    report.expect(c["id"].as_string(), wanted(c, "active"), answer(active));
  }
  return {};
}

// {windows, manual, opStart, now, result, err}: all the windows concern the application.
Status argo_window_can_sync(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    auto windows = argo::SyncWindows::all(c["windows"]);
    std::optional<Time> started;
    if (c["opStart"].is_string()) started = time_of(c["opStart"]);
    Result<bool> open = fail(Code::kInvalid, "invalid sync windows: {}", windows ? "" : windows.error().message());
    if (windows) open = windows->may_sync(time_of(c["now"]), c["manual"].as_bool(), started);
    report.expect(c["id"].as_string(), wanted(c, "result"), answer(open));
  }
  return {};
}

// {app, windows, result: the windows that concern it}
Status argo_window_matches(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    const Value& to = c["app"]["spec"]["destination"];
    argo::DestinationRef destination{to["server"].str(), to["name"].str(), to["namespace"].str()};
    Value matching = Value::list();
    for (const Value& window : c["windows"].items())
      if (argo::window_concerns(window, c["app"]["metadata"]["name"].as_string(), destination)) matching.push_back(window);
    report.expect_value(c["id"].as_string(), c["result"].is_null() ? Value::list() : c["result"], matching);
  }
  return {};
}

// {window, err}
Status argo_window_validate(const Corpus& corpus, const std::string& file, Report& report) {
  TAUT_ASSIGN(auto cases, corpus.cases(file));
  for (const Value& c : cases) {
    auto valid = argo::SyncWindow::validate(c["window"]);
    report.expect(c["id"].as_string(), c["err"].as_string(), valid ? "" : valid.error().message());
  }
  return {};
}

}  // namespace taut::fidelity
