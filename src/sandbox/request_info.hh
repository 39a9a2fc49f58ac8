// What a request asks for: verb, resource and name out of method and path, and the options of its query.
#pragma once

#include <string>
#include <string_view>

#include "sandbox/api_error.hh"
#include "sandbox/http.hh"

namespace taut::sandbox {

struct RequestInfo {
  bool resource = false;  // false: a path such as /healthz or /apis/apps/v1
  // get list watch create update patch delete deletecollection
  std::string verb;
  std::string group;
  std::string version;
  std::string ns;
  std::string plural;
  std::string name;
  std::string subresource;
  std::string rest;  // what follows the subresource, for proxies
};

// As apiserver's RequestInfoFactory: /api/v1/..., /apis/G/V/..., namespaces, /watch/ prefixes, subresources.
RequestInfo parse_request(const Request& request, const Query& query);

// metav1.ListOptions.
struct ListQuery {
  std::string label_selector;
  std::string field_selector;
  std::string resource_version;
  std::string resource_version_match;
  std::string continue_token;
  int64_t limit = 0;
  bool watch = false;
  bool bookmarks = false;
  bool send_initial_events = false;
  bool has_send_initial_events = false;
  int64_t timeout_seconds = 0;

  // 422 with the real server's words for values and combinations that it refuses.
  static ApiResult<ListQuery> parse(const Query& query, bool watching);
};

// What Create-, Update- and PatchOptions have in common.
struct WriteQuery {
  bool dry_run = false;
  std::string field_manager;
  std::string field_validation;  // "Strict", "Warn", "Ignore"
  bool force = false;

  // `options` is "CreateOptions", "UpdateOptions" or "PatchOptions"; `apply` for server-side apply.
  static ApiResult<WriteQuery> parse(const Query& query, std::string_view options, bool apply);
};

// The field manager of a request that names none: its User-Agent up to the first slash.
std::string default_manager(std::string_view user_agent);

}  // namespace taut::sandbox
