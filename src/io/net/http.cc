#include "io/net/http.hh"

#include "base/strings.hh"
#include "io/net/http_loop.hh"

namespace taut::net {

struct HttpClient::State {
  std::shared_ptr<HttpLoop> loop;
  std::shared_ptr<ClientState> client;
};

namespace {

class OpenStream : public HttpStream {
 public:
  OpenStream(std::shared_ptr<HttpLoop> loop, std::shared_ptr<Transfer> transfer)
      : loop_(std::move(loop)), transfer_(std::move(transfer)) {}

  ~OpenStream() override {
    transfer_->drop();
    loop_->abort(transfer_);
    if (!loop_->on_thread()) transfer_->wait_finished();
  }

  void resume() override { loop_->resume(transfer_); }

 private:
  std::shared_ptr<HttpLoop> loop_;
  std::shared_ptr<Transfer> transfer_;
};

}  // namespace

std::shared_ptr<HttpLoop> make_http_loop() { return std::make_shared<HttpLoop>(); }

const std::string* HttpResponse::header(std::string_view name) const {
  std::string wanted = to_lower(name);
  for (const auto& header : headers)
    if (to_lower(header.name) == wanted) return &header.value;
  return nullptr;
}

HttpClient::HttpClient(HttpOptions options, std::shared_ptr<HttpLoop> loop)
    : state_(std::make_shared<State>(State{std::move(loop), std::make_shared<ClientState>()})) {
  state_->client->options = std::move(options);
}

HttpClient::~HttpClient() { state_->loop->close(state_->client).wait(); }

Result<HttpResponse> HttpClient::send(HttpRequest request, Exchange* exchange) {
  auto transfer = std::make_shared<Transfer>(state_->client, std::move(request), std::nullopt);
  state_->loop->submit(transfer);
  auto result = transfer->wait();
  if (transfer->dropped()) state_->loop->abort(transfer);
  if (exchange) exchange->sent = transfer->sent();
  return result;
}

std::unique_ptr<HttpStream> HttpClient::open_stream(HttpRequest request, StreamHandler handler) {
  auto transfer = std::make_shared<Transfer>(state_->client, std::move(request), std::move(handler));
  state_->loop->submit(transfer);
  return std::make_unique<OpenStream>(state_->loop, std::move(transfer));
}

size_t HttpClient::connections() const { return state_->client->connections; }

}  // namespace taut::net
