#include "io/net/transfer.hh"

#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/strings.hh"
#include "io/net/transfer_error.hh"

namespace taut::net {
namespace {

constexpr int kDeadPeerMilliseconds = 30'000;

CURLcode set_blob(CURL* easy, CURLoption option, const std::string& bytes) {
  curl_blob blob{const_cast<char*>(bytes.data()), bytes.size(), CURL_BLOB_NOCOPY};
  return curl_easy_setopt(easy, option, &blob);
}

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

}  // namespace

Transfer::Transfer(std::shared_ptr<ClientState> client, HttpRequest request, std::optional<StreamHandler> stream)
    : client_(std::move(client)), request_(std::move(request)), stream_(std::move(stream)) {}

Transfer::~Transfer() {
  curl_slist_free_all(static_cast<curl_slist*>(header_list_));
  curl_slist_free_all(static_cast<curl_slist*>(connect_to_));
}

Status Transfer::prepare(void* easy) {
  easy_ = easy;
  auto url = Url::parse(request_.url);
  if (!url) return fail(std::move(url).error());
  url_ = std::move(*url);
  TAUT_TRY(set_target());
  TAUT_TRY(set_tls());
  set_proxy();
  set_method();
  set_headers();
  set_limits();
  set_callbacks();
  return {};
}

void* Transfer::detach() { return std::exchange(easy_, nullptr); }

// With a TLS server name of its own, curl is told that name as the host and where to connect instead; the Host
// header stays the URL's, as in Go.
Status Transfer::set_target() {
  if (url_.scheme != "http" && url_.scheme != "https")
    return fail(Code::kInvalid, "unsupported protocol scheme {}", quote(url_.scheme));
  const TlsOptions& tls = client_->options.tls;
  std::string target = url_.to_string();
  if (!tls.server_name.empty() && url_.scheme == "https" && tls.server_name != url_.host) {
    Url named = url_;
    named.host = tls.server_name;
    target = named.to_string();
    std::string host = url_.host.find(':') == std::string::npos ? url_.host : '[' + url_.host + ']';
    std::string rule =
        fmt::format("{}:{}:{}:{}", tls.server_name, url_.port_or_default(), host, url_.port_or_default());
    connect_to_ = curl_slist_append(nullptr, rule.c_str());
    curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to_);
    std::string origin = url_.origin();
    request_.headers.push_back({"Host", origin.substr(url_.scheme.size() + 3)});
  }
  curl_easy_setopt(easy_, CURLOPT_URL, target.c_str());
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  if (request_.max_redirects > 0) {
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy_, CURLOPT_MAXREDIRS, static_cast<long>(request_.max_redirects));
  }
  return {};
}

Status Transfer::set_tls() {
  const TlsOptions& tls = client_->options.tls;
  CURLcode code = CURLE_OK;
  if (!tls.ca.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);  // instead of the system's bundle, not besides it
    code = set_blob(easy_, CURLOPT_CAINFO_BLOB, tls.ca);
  }
  if (code == CURLE_OK && !tls.certificate.empty()) {
    curl_easy_setopt(easy_, CURLOPT_SSLCERTTYPE, "PEM");
    curl_easy_setopt(easy_, CURLOPT_SSLKEYTYPE, "PEM");
    code = set_blob(easy_, CURLOPT_SSLCERT_BLOB, tls.certificate);
    if (code == CURLE_OK) code = set_blob(easy_, CURLOPT_SSLKEY_BLOB, tls.key);
  }
  if (code != CURLE_OK) return fail(Code::kInternal, "tls options: {}", curl_easy_strerror(code));
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, tls.insecure ? 0L : 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, tls.insecure ? 0L : 2L);
  curl_easy_setopt(easy_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION,
                   client_->options.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
  // A new exchange waits for a connection that is being made, to share it if it turns out to be HTTP/2.
  curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, client_->options.http2 ? 1L : 0L);
  return {};
}

void Transfer::set_proxy() {
  if (!client_->options.proxy.empty()) {
    curl_easy_setopt(easy_, CURLOPT_PROXY, client_->options.proxy.c_str());
    curl_easy_setopt(easy_, CURLOPT_NOPROXY, client_->options.no_proxy.c_str());
  } else if (is_loopback(url_.host)) {
    curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");  // Go never sends loopback through a proxy of the environment
  }
}

void Transfer::set_method() {
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
  } else if (!request_.body.empty() || request_.method == "POST") {
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.body.data());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  } else if (request_.method != "GET") {
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

void Transfer::set_headers() {
  curl_slist* list = nullptr;
  for (const auto& header : request_.headers) {
    if (header.value.find_first_of("\r\n") != std::string::npos) continue;  // would forge another header
    std::string line = header.value.empty() ? header.name + ';' : header.name + ": " + header.value;
    list = curl_slist_append(list, line.c_str());
  }
  list = curl_slist_append(list, "Expect:");
  header_list_ = list;
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(easy_, CURLOPT_USERAGENT, client_->options.user_agent.c_str());
  if (client_->options.compress && !stream_) curl_easy_setopt(easy_, CURLOPT_ACCEPT_ENCODING, "gzip");
  if (!request_.user.empty()) {
    curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy_, CURLOPT_USERNAME, request_.user.c_str());
    curl_easy_setopt(easy_, CURLOPT_PASSWORD, request_.password.c_str());
  }
}

void Transfer::set_limits() {
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(client_->options.connect_timeout.count()));
  curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
  if (request_.idle_timeout.count() > 0) {
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy_, CURLOPT_LOW_SPEED_TIME,
                     static_cast<long>((request_.idle_timeout.count() + 999) / 1000));
  }
  curl_easy_setopt(easy_, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPIDLE, 30L);
  curl_easy_setopt(easy_, CURLOPT_TCP_KEEPINTVL, 10L);
}

void Transfer::set_callbacks() {
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, message_);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_SOCKOPTFUNCTION, &Transfer::on_socket);
}

// Keeps the socket from programs that we start, and has the kernel give up a peer that acknowledges nothing.
int Transfer::on_socket(void*, int socket, int) {
  fcntl(socket, F_SETFD, FD_CLOEXEC);
  int timeout = kDeadPeerMilliseconds;
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
  return CURL_SOCKOPT_OK;
}

size_t Transfer::on_header(char* data, size_t size, size_t count, void* self) {
  static_cast<Transfer*>(self)->take_header({data, size * count});
  return size * count;
}

void Transfer::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // a status line: of a proxy, a redirect or the answer; the last counts
    response_ = {};
    return;
  }
  if (line == "\r\n" || line == "\n") {
    learn_status();
    if (stream_ && stream_->on_open && !dropped_ && response_.status / 100 == 2) stream_->on_open();
    return;
  }
  std::string_view name, value;
  if (!cut(line, ":", name, value)) return;
  response_.headers.push_back({std::string(name), std::string(trim(value))});
}

void Transfer::learn_status() {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  long connects = 0;
  curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &connects);
  if (connects > connects_) client_->connections.fetch_add(static_cast<size_t>(connects - connects_));
  connects_ = connects;
}

size_t Transfer::on_body(char* data, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->take({data, size * count});
}

size_t Transfer::take(std::string_view piece) {
  if (dropped_) return CURL_WRITEFUNC_ERROR;
  if (stream_ && response_.status / 100 == 2)
    return stream_->on_chunk(piece) ? piece.size() : static_cast<size_t>(CURL_WRITEFUNC_PAUSE);
  if (response_.body.size() + piece.size() > client_->options.max_body) {
    too_large_ = true;
    return CURL_WRITEFUNC_ERROR;
  }
  response_.body += piece;
  return piece.size();
}

Error Transfer::failure(int curl_code) const {
  long os_error = 0, verify = 0;
  curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
  curl_easy_getinfo(easy_, CURLINFO_SSL_VERIFYRESULT, &verify);
  std::string_view text = message_[0] != 0 ? message_ : curl_easy_strerror(static_cast<CURLcode>(curl_code));
  return transfer_error({curl_code, os_error, verify, sent_, text, client_->options.proxy}, request_, url_);
}

Result<HttpResponse> Transfer::verdict(int curl_code) {
  long version = 0;
  curl_off_t connected = 0;
  curl_easy_getinfo(easy_, CURLINFO_HTTP_VERSION, &version);
  curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &connected);
  if (connected > 0) sent_ = true;
  if (dropped_) return fail(Code::kCancelled, "context canceled");
  if (too_large_)
    return fail(Code::kLimit, "{} \"{}\": the answer is larger than {} bytes", request_.method,
                url_.origin() + url_.path, client_->options.max_body);
  if (curl_code != CURLE_OK) return fail(failure(curl_code));
  learn_status();
  response_.http2 = version == CURL_HTTP_VERSION_2_0;
  return std::move(response_);
}

void Transfer::finish(Result<HttpResponse> result) {
  if (stream_ && !dropped_ && stream_->on_end) stream_->on_end(result);
  std::lock_guard lock(mutex_);
  result_ = std::move(result);
  finished_ = true;
  done_.notify_all();
}

Result<HttpResponse> Transfer::wait() {
  std::unique_lock lock(mutex_);
  if (!request_.cancel) {
    done_.wait(lock, [&] { return finished_; });
  } else {
    while (!done_.wait_for(lock, Milliseconds(20), [&] { return finished_; })) {
      if (!request_.cancel->requested()) continue;
      dropped_ = true;
      return fail(Code::kCancelled, "{} \"{}\": context canceled", request_.method, redact_urls(request_.url));
    }
  }
  return std::move(*result_);
}

void Transfer::wait_finished() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return finished_; });
}

}  // namespace taut::net
