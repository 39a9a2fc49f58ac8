#include "sandbox/request_info.hh"

#include <charconv>

#include "base/strings.hh"

namespace taut::sandbox {
namespace {

using kinds::Problem;

std::string verb_of(std::string_view method, bool named, bool watching) {
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return named ? "delete" : "deletecollection";
  if (method != "GET") return to_lower(method);
  if (watching) return "watch";
  return named ? "get" : "list";
}

bool truthy(std::string_view text) {
  return !text.empty() && text != "0" && to_lower(text) != "false";
}

Problem forbidden_problem(std::string field, std::string_view why) {
  return {"FieldValueForbidden", fmt::format("Forbidden: {}", why), std::move(field)};
}

Problem unsupported(std::string field, std::string_view value, std::string_view supported) {
  return {"FieldValueNotSupported", fmt::format("Unsupported value: {}: supported values: {}", quote(value), supported),
          std::move(field)};
}

std::vector<Problem> list_problems(const ListQuery& q, bool watching) {
  std::vector<Problem> out;
  const std::string& match = q.resource_version_match;
  if (watching && q.has_send_initial_events) {
    if (match != "NotOlderThan")
      out.push_back(forbidden_problem("resourceVersionMatch",
                                      "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
    if (!match.empty() && match != "NotOlderThan")
      out.push_back(unsupported("resourceVersionMatch", match, "\"NotOlderThan\""));
  } else if (watching) {
    if (!match.empty())
      out.push_back(forbidden_problem("resourceVersionMatch",
                                      "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  } else if (q.has_send_initial_events) {
    out.push_back(forbidden_problem("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  } else if (!match.empty()) {
    if (q.resource_version.empty())
      out.push_back(forbidden_problem("resourceVersionMatch",
                                      "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    if (!q.continue_token.empty())
      out.push_back(forbidden_problem("resourceVersionMatch",
                                      "resourceVersionMatch is forbidden when continue is provided"));
    if (match != "Exact" && match != "NotOlderThan")
      out.push_back(unsupported("resourceVersionMatch", match, "\"Exact\", \"NotOlderThan\", \"\""));
    if (match == "Exact" && q.resource_version == "0")
      out.push_back(forbidden_problem("resourceVersionMatch",
                                      "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\""));
  }
  if (watching && !q.continue_token.empty())
    out.push_back(forbidden_problem("continue", "continue is forbidden for watch"));
  return out;
}

// Every dryRun parameter must say All; the message shows them as a list.
std::optional<Problem> dry_run_problem(const Query& query, bool& dry_run) {
  std::string list;
  bool bad = false;
  for (const auto& [name, value] : query.all()) {
    if (name != "dryRun") continue;
    dry_run = true;
    bad = bad || value != "All";
    list += (list.empty() ? "" : ",") + quote(value);
  }
  if (!bad) return std::nullopt;
  return Problem{"FieldValueNotSupported", fmt::format("Unsupported value: [{}]: supported values: \"All\"", list), "dryRun"};
}

bool printable(std::string_view text) {
  for (unsigned char c : text)
    if (c < 0x20 || c == 0x7F) return false;
  return valid_utf8(text);
}

}  // namespace

RequestInfo parse_request(const Request& request, const Query& query) {
  RequestInfo info;
  std::vector<std::string_view> parts;
  for (std::string_view part : split(request.path, '/'))
    if (!part.empty()) parts.push_back(part);
  size_t at = 0;
  if (parts.size() >= 3 && parts[0] == "api") {
    info.version = parts[1];
    at = 2;
  } else if (parts.size() >= 4 && parts[0] == "apis") {
    info.group = parts[1];
    info.version = parts[2];
    at = 3;
  } else {
    info.verb = to_lower(request.method);
    return info;
  }
  info.resource = true;
  bool watching = (request.method == "GET" || request.method == "HEAD") && truthy(query.get("watch"));
  bool prefixed = parts[at] == "watch";
  if (prefixed) {
    watching = true;
    if (++at >= parts.size()) {
      info.resource = false;
      return info;
    }
  }
  // namespaces/N/resource, but namespaces/N, namespaces/N/status and namespaces/N/finalize are the namespace.
  if (parts[at] == "namespaces" && parts.size() > at + 2 && parts[at + 2] != "status" && parts[at + 2] != "finalize") {
    info.ns = parts[at + 1];
    at += 2;
  } else if (parts[at] == "namespaces" && parts.size() > at + 1) {
    info.ns = info.group.empty() ? std::string() : std::string(parts[at + 1]);
  }
  info.plural = parts[at++];
  if (at < parts.size()) info.name = parts[at++];
  if (at < parts.size()) info.subresource = parts[at++];
  for (; at < parts.size(); ++at) info.rest += "/" + std::string(parts[at]);
  // `?watch=1` on one object is a plain read; only the old /watch/ prefix watches one.
  if (!info.name.empty() && !prefixed) watching = false;
  info.verb = verb_of(request.method, !info.name.empty(), watching);
  return info;
}

ApiResult<ListQuery> ListQuery::parse(const Query& query, bool watching) {
  ListQuery q;
  q.label_selector = query.get("labelSelector");
  q.field_selector = query.get("fieldSelector");
  q.resource_version = query.get("resourceVersion");
  q.resource_version_match = query.get("resourceVersionMatch");
  q.continue_token = query.get("continue");
  q.watch = watching;
  q.bookmarks = truthy(query.get("allowWatchBookmarks"));
  q.has_send_initial_events = query.has("sendInitialEvents");
  q.send_initial_events = truthy(query.get("sendInitialEvents"));
  for (auto [name, target] : {std::pair("limit", &q.limit), std::pair("timeoutSeconds", &q.timeout_seconds)}) {
    std::string_view text = query.get(name);
    if (text.empty()) continue;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *target);
    if (error != std::errc() || end != text.data() + text.size())
      return ApiFailure(bad_request(fmt::format("strconv.ParseInt: parsing {}: invalid syntax", quote(text))));
  }
  if (auto problems = list_problems(q, watching); !problems.empty())
    return ApiFailure(invalid("meta.k8s.io", "ListOptions", "", problems));
  return q;
}

ApiResult<WriteQuery> WriteQuery::parse(const Query& query, std::string_view options, bool apply) {
  WriteQuery q;
  std::vector<Problem> problems;
  q.field_manager = query.get("fieldManager");
  q.field_validation = query.get("fieldValidation");
  q.force = truthy(query.get("force"));
  if (auto problem = dry_run_problem(query, q.dry_run)) problems.push_back(std::move(*problem));
  if (options == "PatchOptions" && apply && q.field_manager.empty())
    problems.push_back({"FieldValueRequired", "Required value: is required for apply patch", "fieldManager"});
  if (options == "PatchOptions" && !apply && query.has("force"))
    problems.push_back(forbidden_problem("force", "may not be specified for non-apply patch"));
  if (q.field_manager.size() > 128)
    problems.push_back({"FieldValueTooLong", "Too long: may not be more than 128 bytes", "fieldManager"});
  if (!printable(q.field_manager))
    problems.push_back({"FieldValueInvalid",
                        fmt::format("Invalid value: {}: should only contain printable characters", quote(q.field_manager)),
                        "fieldManager"});
  if (q.field_validation.empty()) {
    q.field_validation = "Warn";
  } else if (q.field_validation != "Strict" && q.field_validation != "Warn" && q.field_validation != "Ignore") {
    problems.push_back(unsupported("fieldValidation", q.field_validation, "\"\", \"Ignore\", \"Strict\", \"Warn\""));
  }
  if (!problems.empty()) return ApiFailure(invalid("meta.k8s.io", options, "", problems));
  return q;
}

std::string default_manager(std::string_view user_agent) {
  std::string_view name = user_agent.substr(0, user_agent.find('/'));
  return name.empty() ? "unknown" : std::string(name.substr(0, 128));
}

}  // namespace taut::sandbox
