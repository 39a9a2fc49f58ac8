// Answers that are not success: metav1.Status with the real server's reasons, words and codes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "sandbox/kinds/strategy.hh"
#include "value/value.hh"

namespace taut::sandbox {

struct ApiError {
  int code = 500;
  std::string reason;  // "NotFound"; empty for none
  std::string message;
  Value details;  // null for none
  int retry_after = 0;  // seconds, for the header

  // The Status object.
  Value status() const;
  // For callers in process.
  Error to_error() const;
};

template <class T>
using ApiResult = tl::expected<T, ApiError>;
using ApiFailure = tl::unexpected<ApiError>;

// The name of a resource as errors print it: "deployments.apps", "pods".
struct ResourceName {
  std::string group;
  std::string plural;
  std::string qualified() const { return group.empty() ? plural : plural + '.' + group; }
};

ApiError not_found(const ResourceName& resource, std::string_view name);
ApiError already_exists(const ResourceName& resource, std::string_view name);
// "Operation cannot be fulfilled on deployments.apps "d": <why>".
ApiError conflict(const ResourceName& resource, std::string_view name, std::string_view why);
extern const std::string_view kObjectModified;
ApiError forbidden(const ResourceName& resource, std::string_view name, std::string_view why);
ApiError bad_request(std::string message);
ApiError internal_error(std::string message);
// 422; `kind` of the object or of the options ("PatchOptions" of "meta.k8s.io").
ApiError invalid(std::string_view group, std::string_view kind, std::string_view name,
                 const std::vector<kinds::Problem>& problems);
ApiError method_not_allowed();
// 413, for a body above kMostBody.
ApiError request_too_large();
constexpr size_t kMostBody = 3u << 20;  // MaxRequestBodyBytes of kube-apiserver
// 410 Expired, as for a continue token or watch that is too old.
ApiError expired(std::string message);
ApiError unsupported_media_type(std::string_view accepted);
// The generic 404 of a path that nothing serves.
ApiError no_such_path();

}  // namespace taut::sandbox

// As TAUT_ASSIGN and TAUT_TRY, for ApiResult.
#define API_TRY(expression)                                                       \
  do {                                                                            \
    if (auto api_try_result = (expression); !api_try_result)                      \
      return ::tl::unexpected<::taut::sandbox::ApiError>(std::move(api_try_result).error()); \
  } while (false)
#define API_ASSIGN(target, expression) API_ASSIGN_(TAUT_CONCAT(api_assign_, __LINE__), target, expression)
#define API_ASSIGN_(name, target, expression)                                                    \
  auto name = (expression);                                                                      \
  if (!name) return ::tl::unexpected<::taut::sandbox::ApiError>(std::move(name).error());       \
  target = std::move(*name)
