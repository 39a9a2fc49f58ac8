// Containers that do not start, do not stay, or are not ready.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "health/reason_rules.hh"
#include "object/id.hh"

namespace taut::reason {
namespace {

bool fails(const Value& status) {
  const Value& end = last_end(status);
  return !end.is_null() && (end["exitCode"].as_int() != 0 || end["reason"].as_string() == "OOMKilled");
}

std::string ran_for(const Value& end) {
  auto from = parse_rfc3339(end["startedAt"].as_string()), to = parse_rfc3339(end["finishedAt"].as_string());
  return from && to && *from <= *to ? fmt::format(" after {}", spoken(*to - *from)) : "";
}

std::string since_start(const Value& pod) {
  const Value& started = pod["status"]["startTime"];
  return started.empty() ? "" : fmt::format(" since {}", spoken_time(started.as_string()));
}

// What the container said last, where it was told to leave a message.
std::string last_line(const Value& end) {
  std::string_view text = trim(end["message"].as_string());
  if (size_t line = text.rfind('\n'); line != std::string_view::npos) text.remove_prefix(line + 1);
  return text.empty() ? "Look at the logs of the last run." : fmt::format("Last line: {}.", quote(text));
}

std::string why_it_cannot_run(const Value& end) {
  std::string told = to_lower(end["message"].as_string());
  if (contains(told, "exec format error")) return "wrong processor type";
  if (contains(told, "permission denied")) return "not executable";
  if (contains(told, "not found") || contains(told, "no such file")) return "not found";
  int64_t code = end["exitCode"].as_int();
  return code == 127 ? "not found" : code == 126 ? "not executable" : "";
}

std::string probe_of(const Value& probe) {
  const Value& http = probe["httpGet"];
  if (http.is_null()) return {};
  const Value& port = http["port"];
  return fmt::format("GET {}:{}", http["path"].as_string("/"),
                     port.is_string() ? port.str() : std::to_string(port.as_int()));
}

// "answers 503" of a probe's event, else what the event says.
std::string probe_result(std::string_view message, const std::string& probe) {
  std::string_view before, detail;
  if (cut(message, "statuscode: ", before, detail) && !probe.empty())
    return fmt::format("{} answers {}", probe, detail);
  return cut(message, "probe failed: ", before, detail) ? std::string(trim(detail)) : probe;
}

}  // namespace

std::string missing_piece(std::string_view message) {
  std::string_view before, after, key, rest;
  if (cut(message, "couldn't find key ", before, after) && cut(after, " in ", key, rest)) {
    std::string_view kind, path, ns, name;
    cut(rest, " ", kind, path);
    return fmt::format("{} {}, key {}", kind, cut(path, "/", ns, name) ? name : path, key);
  }
  if (!message.ends_with(" not found") || !cut(message, " \"", before, after)) return {};
  std::string kind = before == "configmap" ? "ConfigMap" : before == "secret" ? "Secret" : std::string(before);
  return fmt::format("{} {}", kind, after.substr(0, after.find('"')));
}

std::optional<Reason> config_missing(const Value& pod, const Surroundings& around) {
  const Value& status = container_status(pod, [](const Value& s) {
    return s["state"]["waiting"]["reason"].as_string() == "CreateContainerConfigError";
  });
  std::string piece = missing_piece(status["state"]["waiting"]["message"].as_string());
  if (piece.empty()) return std::nullopt;
  return Reason{
      {},
      fmt::format("{} needs {}, which does not exist in {}.", status["name"].as_string(), piece, namespace_of(pod)),
      fmt::format("Add it to Git or correct the name{}.", similar_piece(around, piece)),
      {},
      "CreateContainerConfigError",
      {},
      fmt::format("{} in {}", piece, namespace_of(pod))};
}

std::optional<Reason> liveness(const Value& pod, const Surroundings& around) {
  std::string_view message = event_message(pod, around, "Liveness probe failed");
  const Value& status = container_status(pod, [](const Value& s) { return s["restartCount"].as_int() > 0; });
  if (message.empty() || status.is_null()) return std::nullopt;
  std::string probe = probe_of(container_spec(pod, status["name"].as_string())["livenessProbe"]);
  return Reason{{},
                fmt::format("{} is restarted because its liveness probe fails ({}).", status["name"].as_string(),
                            probe_result(message, probe)),
                "Check whether it only needs more start time (startupProbe).",
                {},
                "Unhealthy",
                {}};
}

std::optional<Reason> out_of_memory(const Value& pod, const Surroundings& around) {
  const Value& status =
      container_status(pod, [](const Value& s) { return last_end(s)["reason"].as_string() == "OOMKilled"; });
  if (status.is_null()) return std::nullopt;
  const Value& limit = container_spec(pod, status["name"].as_string())["resources"]["limits"]["memory"];
  std::string since = around.previous_revision.empty() ? "" : " since " + around.previous_revision;
  return Reason{{},
                fmt::format("Container {} ran out of memory {} (limit {}).", status["name"].as_string(),
                            times(std::max<int64_t>(1, status["restartCount"].as_int())),
                            limit.empty() ? "none" : limit.str()),
                fmt::format("Raise the limit or look for a leak{}.", since),
                "Memory",
                "OOMKilled",
                {}};
}

std::optional<Reason> cannot_run(const Value& pod, const Surroundings&) {
  const Value& status = container_status(pod, [](const Value& s) {
    const Value& end = last_end(s);
    return !end.is_null() &&
           (end["exitCode"].as_int() == 127 || end["exitCode"].as_int() == 126 ||
            end["reason"].as_string() == "StartError" || end["reason"].as_string() == "ContainerCannotRun");
  });
  std::string why = why_it_cannot_run(last_end(status));
  if (why.empty()) return std::nullopt;
  return Reason{{},
                fmt::format("The command of {} cannot run: {}.", status["name"].as_string(), why),
                "Check command and that the image is built for the node's processor.",
                {},
                last_end(status)["reason"].str(),
                {}};
}

std::optional<Reason> exits(const Value& pod, const Surroundings&) {
  const Value& status = container_status(pod, fails);
  if (status.is_null()) return std::nullopt;
  const Value& end = last_end(status);
  const Value& waiting = status["state"]["waiting"]["reason"];
  return Reason{
      {},
      fmt::format("Container {} exits with code {}{}, {}{}.", status["name"].as_string(), end["exitCode"].as_int(),
                  ran_for(end), times(std::max<int64_t>(1, status["restartCount"].as_int())), since_start(pod)),
      last_line(end),
      "Logs of the last run",
      waiting.empty() ? end["reason"].str() : waiting.str(),
      {}};
}

std::optional<Reason> readiness(const Value& pod, const Surroundings& around) {
  auto unready = [](const Value& s) { return !s["state"]["running"].is_null() && !s["ready"].as_bool(); };
  const Value& status = container_status(pod, unready);
  const Value& probe = container_spec(pod, status["name"].as_string())["readinessProbe"];
  if (probe.is_null()) return std::nullopt;
  int pods = std::max<int>(1, static_cast<int>(around.pods.size()));
  int hit = count(pod, around, [&](const Value& p) { return !container_status(p, unready).is_null(); });
  std::string result = probe_result(event_message(pod, around, "Readiness probe failed"), probe_of(probe));
  return Reason{
      {},
      fmt::format("{} of {} pods run but are not ready{}.", hit, pods, result.empty() ? "" : ": " + result),
      "They take no traffic.",
      "Logs",
      "Unhealthy",
      {}};
}

}  // namespace taut::reason
