// The API: one function from request to answer, over a Cluster.
#pragma once

#include <memory>

#include "sandbox/auth.hh"
#include "sandbox/cluster.hh"
#include "sandbox/http.hh"
#include "sandbox/limits.hh"
#include "sandbox/render.hh"
#include "sandbox/request_info.hh"
#include "sandbox/watch.hh"
#include "sandbox/writer.hh"

namespace taut::sandbox {

// Everything that a verb needs to know about its request.
struct Call {
  const Request& request;
  const Query& query;
  const RequestInfo& info;
  ResourcePtr resource;
  Accepted accepted;
  WriteContext context;
};

// Thread-safe.
class Api {
 public:
  Api(Cluster& cluster, std::string admin_token, LimitOptions limits = {});

  Response handle(const Request& request);
  Authenticator& authenticator() { return authenticator_; }
  Writer& writer() { return writer_; }
  Cluster& cluster() { return cluster_; }
  WatchHub& hub() { return hub_; }

 private:
  Response dispatch(const Request& request, const Query& query, const Accepted& accepted, const RequestInfo& info,
                    User user);
  Response serve_resource(const Request& request, const Query& query, const RequestInfo& info, User user);
  ApiResult<Response> run(Call& call);
  ApiResult<Response> run_collection(Call& call);
  ApiResult<Response> run_object(Call& call);

  ApiResult<Response> get(Call& call);
  ApiResult<Response> list(Call& call);
  ApiResult<Response> watch(Call& call);
  ApiResult<Response> create(Call& call);
  ApiResult<Response> replace(Call& call);
  ApiResult<Response> patch(Call& call);
  ApiResult<Response> remove(Call& call);
  ApiResult<Response> remove_collection(Call& call);
  ApiResult<Response> subresource(Call& call);
  ApiResult<Response> review(Call& call);  // kinds that are only posted and not stored

  Cluster& cluster_;
  Writer writer_;
  WatchHub hub_;
  Authenticator authenticator_;
  Limits limits_;
};

// Answers to paths that are not resources: /version, /healthz, /api, /apis/..., /openapi/...; nullopt when there is
// no such path.
std::optional<Response> serve_path(Cluster& cluster, const Request& request, const Query& query);

}  // namespace taut::sandbox
