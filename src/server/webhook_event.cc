#include "server/webhook_event.hh"

#include "base/base64.hh"
#include "base/strings.hh"
#include "server/signature.hh"
#include "value/json.hh"

namespace taut::server {
namespace {

using argo::Push;
using http::Request;

tl::unexpected<Error> unparsable() { return fail(Code::kInvalid, "error parsing payload"); }

Status check_signature(const Request& request, std::string_view header, std::string_view prefix, const std::string& secret) {
  if (secret.empty()) return {};
  std::string_view given = request.header(header);
  if (given.empty()) return fail(Code::kUnauthenticated, "missing {} Header", header);
  if (!given.starts_with(prefix) || !same_secret(to_lower(given.substr(prefix.size())), hmac_sha256(secret, request.body)))
    return fail(Code::kUnauthenticated, "HMAC verification failed");
  return {};
}

// The body as JSON; GitHub and Gitea may send it as the field `payload` of a form.
Result<Value> payload_of(const Request& request) {
  std::string form;
  std::string_view text = request.body;
  if (request.header("Content-Type").starts_with("application/x-www-form-urlencoded")) {
    form = std::string(http::Query(text).get("payload"));
    text = form;
  }
  auto value = parse_json(text);
  if (!value || !value->is_map()) return unparsable();
  return std::move(*value);
}

void add_files(const Value& commits, Push& push) {
  for (const Value& commit : commits.items())
    for (std::string_view kind : {"added", "modified", "removed"})
      for (const Value& file : commit[kind].items())
        if (!file.as_string().empty()) push.files.push_back(file.str());
}

void add_url(const Value& url, Push& push) {
  if (!url.as_string().empty()) push.urls.push_back(url.str());
}

// Pushes of GitHub, Gitea and Gogs look alike.
Push hub_push(const Value& payload) {
  Push out{.kind = Push::Kind::kPush};
  const Value& repository = payload["repository"];
  for (std::string_view key : {"html_url", "clone_url", "ssh_url"}) add_url(repository[key], out);
  out.revision = argo::short_ref(payload["ref"].as_string());
  out.touches_head = repository["default_branch"].as_string() == out.revision;
  add_files(payload["commits"], out);
  return out;
}

Push hub_pull(const Value& payload, std::string_view provider) {
  Push out{.kind = Push::Kind::kPullRequest};
  const Value& repository = payload["repository"];
  add_url(repository["html_url"], out);
  out.provider = provider;
  out.owner = repository["owner"]["login"].str();
  if (out.owner.empty()) out.owner = repository["owner"]["username"].str();
  out.repository = repository["name"].str();
  return out;
}

Result<Push> hub_event(const Request& request, std::string_view event, std::string_view provider) {
  if (event == "ping") return Push{};
  if (event != "push" && event != "pull_request") return fail(Code::kInvalid, "event not defined to be parsed");
  TAUT_ASSIGN(Value payload, payload_of(request));
  return event == "push" ? hub_push(payload) : hub_pull(payload, provider);
}

Result<Push> github(const Request& request, const WebhookSecrets& secrets) {
  TAUT_TRY(check_signature(request, "X-Hub-Signature-256", "sha256=", secrets("webhook.github.secret")));
  return hub_event(request, request.header("X-GitHub-Event"), "github");
}

// Gitea sends Gogs' headers, and its own besides.
Result<Push> gogs(const Request& request, const WebhookSecrets& secrets) {
  TAUT_TRY(check_signature(request, "X-Gogs-Signature", "", secrets("webhook.gogs.secret")));
  return hub_event(request, request.header("X-Gogs-Event"), "gitea");
}

Result<Push> gitlab(const Request& request, const WebhookSecrets& secrets) {
  std::string secret = secrets("webhook.gitlab.secret");
  if (!secret.empty() && !same_secret(request.header("X-Gitlab-Token"), secret))
    return fail(Code::kUnauthenticated, "X-Gitlab-Token validation failed");
  TAUT_ASSIGN(Value payload, payload_of(request));
  std::string kind = payload["object_kind"].str();
  if (kind.empty()) kind = payload["event_name"].str();
  const Value& project = payload["project"];
  Push out;
  for (std::string_view key : {"web_url", "git_http_url", "git_ssh_url"}) add_url(project[key], out);
  if (kind == "push" || kind == "tag_push") {
    out.kind = Push::Kind::kPush;
    out.revision = argo::short_ref(payload["ref"].as_string());
    out.touches_head = project["default_branch"].as_string() == out.revision;
    add_files(payload["commits"], out);
  } else if (kind == "merge_request") {
    out.kind = Push::Kind::kPullRequest;
    out.provider = "gitlab";
    out.repository = project["path_with_namespace"].str();
    out.project_id = std::to_string(project["id"].as_int());
  }
  return out;
}

// What changed is not said: any file, and the default branch perhaps.
Result<Push> bitbucket(const Request& request, const WebhookSecrets& secrets) {
  std::string uuid = secrets("webhook.bitbucket.uuid");
  if (!uuid.empty() && !same_secret(request.header("X-Hook-UUID"), uuid))
    return fail(Code::kUnauthenticated, "X-Hook-UUID not found or does not match");
  std::string_view event = request.header("X-Event-Key");
  TAUT_ASSIGN(Value payload, payload_of(request));
  const Value& repository = payload["repository"];
  Push out;
  add_url(repository["links"]["html"]["href"], out);
  if (event.starts_with("pullrequest:")) {
    out.kind = Push::Kind::kPullRequest;
    out.provider = "bitbucket";
    std::string_view owner, name;
    std::string full = repository["full_name"].str();
    cut(full, "/", owner, name);
    out.owner = owner;
    out.repository = name;
    return out;
  }
  if (event != "repo:push") return fail(Code::kInvalid, "event not defined to be parsed");
  out.kind = Push::Kind::kPush;
  out.touches_head = true;
  if (payload["push"]["changes"].items().empty()) return out;
  const Value& change = payload["push"]["changes"].items()[0];
  out.revision = change["new"]["name"].str();
  if (out.revision.empty()) out.revision = change["old"]["name"].str();  // of a branch that was deleted
  return out;
}

Result<Push> bitbucket_server(const Request& request, const WebhookSecrets& secrets) {
  std::string_view event = request.header("X-Event-Key");
  if (event == "diagnostics:ping") return Push{};
  TAUT_TRY(check_signature(request, "X-Hub-Signature", "sha256=", secrets("webhook.bitbucketserver.secret")));
  if (event != "repo:refs_changed") return fail(Code::kInvalid, "event not defined to be parsed");
  TAUT_ASSIGN(Value payload, payload_of(request));
  Push out{.kind = Push::Kind::kPush, .touches_head = true};
  for (const Value& link : payload["repository"]["links"]["clone"].items()) add_url(link["href"], out);
  if (!payload["changes"].items().empty()) out.revision = argo::short_ref(payload["changes"].items()[0]["reference"]["id"].as_string());
  return out;
}

Result<Push> azure(const Request& request, const WebhookSecrets& secrets) {
  std::string user = secrets("webhook.azuredevops.username"), password = secrets("webhook.azuredevops.password");
  std::string wanted = "Basic " + base64_encode(user + ":" + password);
  if ((!user.empty() || !password.empty()) && !same_secret(request.header("Authorization"), wanted))
    return fail(Code::kUnauthenticated, "basic auth verification failed");
  TAUT_ASSIGN(Value payload, payload_of(request));
  if (payload["eventType"].as_string() != "git.push") return fail(Code::kInvalid, "unknown event {}", payload["eventType"].as_string());
  const Value& resource = payload["resource"];
  Push out{.kind = Push::Kind::kPush};
  add_url(resource["repository"]["remoteUrl"], out);
  if (resource["refUpdates"].items().empty()) return out;
  std::string_view ref = resource["refUpdates"].items()[0]["name"].as_string();
  out.revision = argo::short_ref(ref);
  out.touches_head = resource["repository"]["defaultBranch"].as_string() == ref;
  return out;
}

// Which header tells a sender, in the order in which they are looked for: Gogs sends GitHub's besides its own.
struct Sender {
  std::string_view header;
  Result<Push> (*read)(const Request& request, const WebhookSecrets& secrets);
};
constexpr Sender kSenders[] = {
    {"X-Vss-Activityid", azure}, {"X-Gogs-Event", gogs},        {"X-GitHub-Event", github},
    {"X-Gitlab-Event", gitlab},  {"X-Hook-UUID", bitbucket},    {"X-Event-Key", bitbucket_server},
};

}  // namespace

Result<Push> read_webhook(const Request& request, const WebhookSecrets& secrets) {
  for (const Sender& sender : kSenders) {
    if (request.header(sender.header).empty()) continue;
    if (request.method != "POST") return fail(Code::kInvalid, "invalid HTTP Method");
    if (request.body.empty()) return unparsable();
    return sender.read(request, secrets);
  }
  return fail(Code::kInvalid, "Unknown webhook event");
}

}  // namespace taut::server
