#include "cli/applications.hh"

#include <fmt/format.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>

#include "base/strings.hh"
#include "cli/command.hh"

namespace taut::cli {

Gvk application_kind() { return {"argoproj.io", "v1alpha1", "Application"}; }

Result<std::vector<Value>> list_applications(Cluster& cluster, const std::string& ns) {
  auto list = cluster.list(application_kind(), {.ns = ns});
  if (!list) return fail(std::move(list).error().while_doing("listing the Applications of namespace " + ns));
  return std::move(list->items);
}

Result<Value> get_application(Cluster& cluster, const std::string& ns, const std::string& name) {
  auto found = cluster.get({application_kind(), ns, name});
  if (found || found.error().code() != Code::kNotFound) return found;
  std::vector<std::string> names;
  if (auto all = list_applications(cluster, ns))
    for (const Value& application : *all) names.push_back(std::string(name_of(application)));
  std::string hint = names.empty() ? fmt::format("there are no Applications in namespace {}", ns)
                                   : "there are: " + join(names, ", ");
  return fail(std::move(found).error().with_hint(std::move(hint)));
}

Ink ink_of(std::string_view status) {
  if (status == "Synced" || status == "Healthy" || status == "Succeeded") return Ink::kGreen;
  if (status == "Degraded" || status == "Failed" || status == "Error" || status == "SyncFailed") return Ink::kRed;
  if (status == "OutOfSync" || status == "Missing" || status == "Suspended") return Ink::kYellow;
  if (status == "Progressing" || status == "Running" || status == "Terminating") return Ink::kBlue;
  return Ink::kPlain;
}

std::string short_revision(std::string_view revision) {
  bool hex = revision.size() == 40 && revision.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return std::string(hex ? revision.substr(0, 7) : revision);
}

std::string revision_in(const Value& holder) {
  if (!holder["revisions"].is_list()) return short_revision(holder["revision"].as_string());
  std::vector<std::string> revisions;
  for (const Value& revision : holder["revisions"].items()) revisions.push_back(short_revision(revision.as_string()));
  return join(revisions, ",");
}

std::string revision_of(const Value& application) { return revision_in(application["status"]["sync"]); }

std::vector<Value> sources_of(const Value& application) {
  const Value& spec = application["spec"];
  if (spec["sources"].empty()) return {spec["source"]};
  auto items = spec["sources"].items();
  return {items.begin(), items.end()};
}

std::string cause_of(const Value& application) {
  for (const Value& condition : application["status"]["conditions"].items())
    if (condition["type"].as_string() == "RootCauseWarning") return condition["message"].str();
  return "";
}

std::string trouble_of(const Value& application) {
  const Value& status = application["status"];
  if (std::string cause = cause_of(application); !cause.empty()) return cause;
  for (const Value& condition : status["conditions"].items())
    if (condition["type"].as_string().ends_with("Error")) return condition["message"].str();
  std::string_view phase = status["operationState"]["phase"].as_string();
  if (phase == "Failed" || phase == "Error") return status["operationState"]["message"].str();
  for (const Value& resource : status["resources"].items()) {
    const Value& health = resource["health"];
    if (health["status"].as_string() == "Degraded" && !health["message"].empty())
      return fmt::format("{}/{}: {}", resource["kind"].as_string(), resource["name"].as_string(),
                         health["message"].as_string());
  }
  for (const Value& condition : status["conditions"].items()) return condition["message"].str();
  return "";
}

Result<Value> wait_for(Cluster& cluster, const std::string& ns, const std::string& name, Duration timeout,
                       const std::function<bool(const Value&)>& done) {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Result<Value>> outcome;
  Value last;
  auto watch = cluster.watch(
      application_kind(), {.ns = ns, .field_selector = "metadata.name=" + name}, [&](const WatchEvent& event) {
        std::lock_guard lock(mutex);
        if (outcome || event.object.is_null() || name_of(event.object) != name) return;
        if (event.type == WatchEvent::Type::kDeleted) {
          outcome = fail(Code::kNotFound, "application {} was deleted", quote(name));
        } else {
          last = event.object;
          if (done(event.object)) outcome = event.object;
        }
        if (outcome) changed.notify_all();
      });
  std::unique_lock lock(mutex);
  bool in_time = changed.wait_for(lock, timeout, [&] { return outcome.has_value(); });
  Error late(Code::kTimeout, fmt::format("timed out waiting for application {} (sync {}, health {})", quote(name),
                                         last["status"]["sync"]["status"].as_string("unknown"),
                                         last["status"]["health"]["status"].as_string("unknown")));
  if (std::string cause = cause_of(last); !cause.empty()) late = std::move(late).with_hint(std::move(cause));
  Result<Value> result = in_time ? *outcome : fail(std::move(late));
  lock.unlock();
  watch.reset();
  return result;
}

Result<Value> request_operation(Cluster& cluster, Value application, const Value& operation) {
  constexpr int kTries = 10;
  for (int i = 1;; ++i) {
    if (!application["operation"].is_null())
      return fail(Code::kConflict, "another operation is already in progress for {}", name_of(application));
    WriteRequest request;
    request.verb = WriteVerb::kMergePatch;
    request.ref = {application_kind(), std::string(namespace_of(application)), std::string(name_of(application))};
    // The version guards against a request that somebody else made in between. Most of what comes between is status.
    request.body = Value::map({{"metadata", Value::map({{"resourceVersion", application["metadata"]["resourceVersion"]}})},
                               {"operation", operation}});
    request.field_manager = "taut-cli";
    auto written = cluster.write(request);
    if (written) return std::move(written->object);
    if (written.error().code() != Code::kConflict || i == kTries) return fail(std::move(written).error());
    TAUT_ASSIGN(application, get_application(cluster, std::string(namespace_of(application)), std::string(name_of(application))));
  }
}

namespace {

// The resources of an operation that have a result not printed yet.
void print_results(const Value& operation, std::set<std::string>& printed) {
  for (const Value& result : operation["syncResult"]["resources"].items()) {
    std::string_view state = result["status"].empty() ? result["hookPhase"].as_string() : result["status"].as_string();
    std::string line = fmt::format("{}/{}", result["kind"].as_string(), result["name"].as_string());
    std::string hook = result["hookType"].empty() ? "" : fmt::format(" ({})", result["hookType"].as_string());
    if (!printed.insert(fmt::format("{}{}{}", line, hook, state)).second) continue;
    fmt::print("  {:<11} {:<40} {}\n", ink(ink_of(state), state), line + hook, result["message"].as_string());
  }
}

}  // namespace

int follow_operation(Cluster& cluster, const Value& application, Duration timeout) {
  std::set<std::string> printed;
  std::string before = application["status"]["operationState"]["startedAt"].str();
  // The request is taken when `operation` is gone from the object and a state newer than the last one is there.
  auto done = [&](const Value& now) {
    const Value& state = now["status"]["operationState"];
    bool taken = state["startedAt"].as_string() != before || now["operation"].is_null();
    if (!taken) return false;
    print_results(state, printed);
    return now["operation"].is_null() && !state["finishedAt"].empty();
  };
  auto ended = wait_for(cluster, std::string(namespace_of(application)), std::string(name_of(application)), timeout, done);
  if (!ended) {
    print_error(ended.error());
    return kFailed;
  }
  const Value& state = (*ended)["status"]["operationState"];
  fmt::print("{} {}: {}\n", name_of(*ended), ink(ink_of(state["phase"].as_string()), state["phase"].as_string()),
             state["message"].as_string());
  if (state["phase"].as_string() == "Succeeded") return kDone;
  if (std::string cause = cause_of(*ended); !cause.empty()) fmt::print("because: {}\n", cause);
  return kFailed;
}

}  // namespace taut::cli
