#include "io/kube/transport.hh"

#include <thread>

#include "io/kube/status.hh"

namespace taut::kube {
namespace {

constexpr size_t kClientsKept = 4;
constexpr net::Milliseconds kFirstPause{50}, kLongestPause{2'000};

Credentials::Now clock_or(const Credentials::Now& now) {
  return now ? now : [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
}

}  // namespace

Transport::Transport(ClientConfig config, TransportOptions options)
    : config_(std::move(config)),
      options_(std::move(options)),
      credentials_(config_.auth, clock_or(options_.now)),
      loop_(net::make_http_loop()) {}

Transport::~Transport() = default;

// The client for these certificates; a plugin may hand out new ones while streams still use the old.
std::shared_ptr<net::HttpClient> Transport::client_for(const Identity& identity) {
  std::lock_guard lock(mutex_);
  if (!clients_.empty() && clients_.back().certificate == identity.certificate) return clients_.back().http;
  net::HttpOptions options;
  options.tls = config_.tls;
  if (!identity.certificate.empty()) {
    options.tls.certificate = identity.certificate;
    options.tls.key = identity.key;
  }
  options.proxy = config_.proxy;
  options.compress = config_.compress;
  options.user_agent = options_.user_agent;
  options.max_requests = options_.max_requests;
  if (clients_.size() == kClientsKept) clients_.erase(clients_.begin());
  clients_.push_back({identity.certificate, std::make_shared<net::HttpClient>(std::move(options), loop_)});
  return clients_.back().http;
}

net::HttpRequest Transport::prepare(const ApiRequest& request, const Identity& identity) const {
  net::HttpRequest out;
  out.method = request.method;
  out.url = config_.server.to_string() + request.path;
  out.headers = request.headers;
  out.headers.insert(out.headers.end(), identity.headers.begin(), identity.headers.end());
  out.headers.push_back({"Accept", request.accept});
  if (!request.content_type.empty()) out.headers.push_back({"Content-Type", request.content_type});
  out.body = request.body;
  out.user = identity.user;
  out.password = identity.password;
  out.cancel = request.cancel;
  return out;
}

// One attempt; a second one with new credentials when they were refused.
Result<net::HttpResponse> Transport::send_once(const ApiRequest& request, net::Exchange& exchange) {
  for (int attempt = 0;; ++attempt) {
    TAUT_ASSIGN(Identity identity, credentials_.current());
    net::HttpRequest prepared = prepare(request, identity);
    prepared.idle_timeout = options_.idle_timeout;
    auto answer = client_for(identity)->send(std::move(prepared), &exchange);
    if (!answer || answer->status != 401 || attempt > 0 || !credentials_.refused(identity)) return answer;
  }
}

// False when cancelled meanwhile.
bool Transport::pause(net::Milliseconds time, const std::optional<Cancel>& cancel) {
  constexpr net::Milliseconds kSlice{20};
  auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) {
    if (cancel && cancel->requested()) return false;
    auto left = std::chrono::duration_cast<net::Milliseconds>(until - std::chrono::steady_clock::now());
    std::this_thread::sleep_for(cancel ? std::min(kSlice, left) : left);
  }
  return true;
}

Result<net::HttpResponse> Transport::send(const ApiRequest& request) {
  Backoff backoff(kFirstPause, kLongestPause);
  for (int attempt = 1;; ++attempt) {
    net::Exchange exchange;
    auto answer = send_once(request, exchange);
    bool last = attempt >= options_.max_attempts;
    net::Milliseconds wait{0};
    if (answer) {
      if (answer->status / 100 == 2 || answer->status == 304) return answer;
      auto asked = retry_after(*answer);
      if (last || !asked) return fail(answer_error(*answer));
      wait = std::min<net::Milliseconds>(*asked, options_.longest_retry_after) + backoff.next();
    } else {
      bool again = answer.error().code() == Code::kUnavailable && (request.idempotent || !exchange.sent);
      if (last || !again) return fail(std::move(answer).error());
      wait = backoff.next();
    }
    if (!pause(wait, request.cancel)) return fail(Code::kCancelled, "context canceled");
  }
}

Result<std::unique_ptr<net::HttpStream>> Transport::stream(const ApiRequest& request, net::StreamHandler handler) {
  TAUT_ASSIGN(Identity identity, credentials_.current());
  auto end = std::move(handler.on_end);
  handler.on_end = [this, identity, end = std::move(end)](Result<net::HttpResponse> answer) {
    if (answer && answer->status == 401) credentials_.refused(identity);
    end(std::move(answer));
  };
  return client_for(identity)->open_stream(prepare(request, identity), std::move(handler));
}

size_t Transport::connections() const {
  std::lock_guard lock(mutex_);
  size_t out = 0;
  for (const auto& client : clients_) out += client.http->connections();
  return out;
}

}  // namespace taut::kube
