#include "cli/scm_access.hh"

#include "io/net/http.hh"
#include "io/scm/scm.hh"
#include "value/json.hh"

namespace taut::cli {

Result<Value> call_plugin(const argo::appset::PluginCall& call) {
  net::HttpClient client(net::HttpOptions{.max_body = 64u << 20});
  net::HttpRequest request;
  request.method = "POST";
  request.url = call.url + "/api/v1/getparams.execute";
  request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + call.token}};
  request.body = to_json(call.request);
  request.timeout = std::chrono::duration_cast<net::Milliseconds>(call.timeout);
  TAUT_ASSIGN(auto answer, client.send(std::move(request)));
  if (answer.status / 100 != 2) return fail(Code::kUnavailable, "API error with status code {}", answer.status);
  return parse_json(answer.body);
}

Result<std::shared_ptr<Scm>> open_scm(ScmAccount account, scm::GitHubAppTokens& tokens) {
  if (account.app.given()) {
    TAUT_ASSIGN(account.token, tokens.token(account));
  }
  return scm::open(account);
}

}  // namespace taut::cli
