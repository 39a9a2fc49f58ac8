// Any bytes as a webhook of each sender: what comes out is a push or an error, and asking whom it concerns is safe.
#include <cstdlib>

#include "server/receiver_check.hh"
#include "server/webhook_event.hh"
#include "value/json.hh"

using namespace taut;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::pair<const char*, const char*> kSenders[] = {
      {"X-Vss-Activityid", "1"}, {"X-Gogs-Event", "push"},     {"X-GitHub-Event", "push"}, {"X-GitHub-Event", "pull_request"},
      {"X-Gitlab-Event", "x"},   {"X-Hook-UUID", "1"},         {"X-Event-Key", "repo:refs_changed"},
  };
  static const Value kApplication = *parse_json(
      R"({"metadata":{"annotations":{"argocd.argoproj.io/manifest-generate-paths":".;/lib/*"}},
          "spec":{"source":{"repoURL":"git@host.example:a/b.git","path":"web","targetRevision":">=1.0"}}})");
  static const Value kSet = *parse_json(
      R"({"spec":{"generators":[{"git":{"repoURL":"https://host.example/a/b"}},{"pullRequest":{"github":{"owner":"a","repo":"b"}}}]}})");
  if (size < 1) return 0;
  const auto& [header, event] = kSenders[data[0] % std::size(kSenders)];
  server::http::Request request;
  request.method = "POST";
  request.headers = {{header, event}, {"X-Event-Key", "repo:push"}};
  if (data[0] & 0x80) request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  request.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const char* type : {"generic-hmac", "github", "bitbucket", "quay", "nexus"})
    (void)server::check_received(request, {"a/b", type, {"push"}, "token", true});
  auto push = server::read_webhook(request, [](std::string_view) { return std::string(); });
  if (!push) {
    if (push.error().message().empty()) abort();
    return 0;
  }
  argo::push_concerns(kApplication, *push);
  argo::push_concerns_set(kSet, *push);
  return 0;
}
