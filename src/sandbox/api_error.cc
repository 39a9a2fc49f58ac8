#include "sandbox/api_error.hh"

#include "base/strings.hh"

namespace taut::sandbox {
namespace {

Value details_of(const ResourceName& resource, std::string_view name) {
  Value details = Value::map();
  if (!resource.group.empty()) details.set("group", resource.group);
  if (!resource.plural.empty()) details.set("kind", resource.plural);
  if (!name.empty()) details.set("name", name);
  return details;
}

std::string subject(const ResourceName& resource, std::string_view name) {
  return fmt::format("{} \"{}\"", resource.qualified(), name);
}

Code code_of(const ApiError& error) {
  switch (error.code) {
    case 401: return Code::kUnauthenticated;
    case 403: return Code::kForbidden;
    case 404: return Code::kNotFound;
    case 409: return error.reason == "AlreadyExists" ? Code::kAlreadyExists : Code::kConflict;
    case 410: return Code::kGone;
    case 405:
    case 406:
    case 415: return Code::kUnsupported;
    default: return error.code == 429 || error.code >= 500 ? Code::kUnavailable : Code::kInvalid;
  }
}

}  // namespace

const std::string_view kObjectModified =
    "the object has been modified; please apply your changes to the latest version and try again";

Value ApiError::status() const {
  Value out = Value::map({{"apiVersion", "v1"}, {"kind", "Status"}, {"metadata", Value::map()},
                          {"status", "Failure"}, {"code", code}});
  if (!message.empty()) out.set("message", message);
  if (!reason.empty()) out.set("reason", reason);
  if (!details.is_null()) out.set("details", details);
  return out;
}

Error ApiError::to_error() const { return Error(code_of(*this), message); }

ApiError not_found(const ResourceName& resource, std::string_view name) {
  return {404, "NotFound", subject(resource, name) + " not found", details_of(resource, name)};
}

ApiError already_exists(const ResourceName& resource, std::string_view name) {
  return {409, "AlreadyExists", subject(resource, name) + " already exists", details_of(resource, name)};
}

ApiError conflict(const ResourceName& resource, std::string_view name, std::string_view why) {
  return {409, "Conflict", fmt::format("Operation cannot be fulfilled on {}: {}", subject(resource, name), why),
          details_of(resource, name)};
}

ApiError forbidden(const ResourceName& resource, std::string_view name, std::string_view why) {
  std::string what = name.empty() ? resource.qualified() : subject(resource, name);
  return {403, "Forbidden", fmt::format("{} is forbidden: {}", what, why), details_of(resource, name)};
}

ApiError bad_request(std::string message) { return {400, "BadRequest", std::move(message), {}}; }

ApiError internal_error(std::string message) {
  Value cause = Value::map({{"message", message}});
  return {500, "InternalError", "Internal error occurred: " + message,
          Value::map({{"causes", Value::list({cause})}})};
}

ApiError invalid(std::string_view group, std::string_view kind, std::string_view name,
                 const std::vector<kinds::Problem>& problems) {
  Value causes = Value::list();
  std::vector<std::string> lines;
  for (const kinds::Problem& problem : problems) {
    Value cause = Value::map({{"reason", problem.type}, {"message", problem.message}});
    if (!problem.field.empty()) cause.set("field", problem.field);
    causes.push_back(std::move(cause));
    std::string line = problem.field.empty() ? problem.message : problem.field + ": " + problem.message;
    // Equal sentences are said once, as utilerrors.Aggregate does.
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
  std::string text = join(lines, ", ");
  if (lines.size() > 1) text = '[' + text + ']';
  Value details = Value::map();
  if (!kind.empty()) details.set("kind", kind);
  if (!group.empty()) details.set("group", group);
  if (!name.empty()) details.set("name", name);
  if (!problems.empty()) details.set("causes", std::move(causes));
  std::string qualified(kind);
  if (!group.empty()) qualified += '.' + std::string(group);
  return {422, "Invalid", fmt::format("{} \"{}\" is invalid: {}", qualified, name, text), std::move(details)};
}

ApiError method_not_allowed() {
  return {405, "MethodNotAllowed", "the server does not allow this method on the requested resource", Value::map()};
}

ApiError request_too_large() {
  return {413, "RequestEntityTooLarge", fmt::format("Request entity too large: limit is {}", kMostBody), {}};
}

ApiError expired(std::string message) { return {410, "Expired", std::move(message), {}}; }

ApiError unsupported_media_type(std::string_view accepted) {
  return {415, "UnsupportedMediaType",
          fmt::format("the body of the request was in an unknown format - accepted media types include: {}", accepted), {}};
}

ApiError no_such_path() {
  return {404, "NotFound", "the server could not find the requested resource", Value::map()};
}

}  // namespace taut::sandbox
