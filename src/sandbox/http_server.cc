#include "sandbox/http_server.hh"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <array>
#include <set>
#include <thread>

#include "base/log.hh"

namespace taut::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr size_t kCoalesced = 16 * 1024;
constexpr auto kIdleLimit = std::chrono::minutes(5);
constexpr auto kWriteLimit = std::chrono::minutes(2);

class SessionBase {
 public:
  virtual ~SessionBase() = default;
  virtual void close() = 0;
};

struct Shared {
  Handler handler;
  HttpOptions options;
  std::set<SessionBase*> sessions;  // touched by the I/O thread only
  asio::io_context io{1};  // last: its destructor ends the sessions that are left
};

// One connection. Owned by the operations that are under way.
template <class Transport>
class Session : public SessionBase, public std::enable_shared_from_this<Session<Transport>> {
 public:
  template <class... Args>
  explicit Session(Shared& shared, Args&&... args)
      : shared_(shared), transport_(std::forward<Args>(args)...), timer_(shared.io) {
    shared_.sessions.insert(this);
  }
  ~Session() override {
    end_stream();
    shared_.sessions.erase(this);
  }

  void close() override {
    ErrorCode ignored;
    timer_.cancel(ignored);
    beast::get_lowest_layer(transport_).socket().close(ignored);
  }

  void start() {
    if constexpr (std::is_same_v<Transport, beast::tcp_stream>) {
      read();
    } else {
      beast::get_lowest_layer(transport_).expires_after(std::chrono::seconds(20));
      transport_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](ErrorCode error) {
        if (!error) self->read();
      });
    }
  }

 private:
  void read() {
    parser_.emplace();
    parser_->body_limit(shared_.options.max_body);
    parser_->header_limit(256 * 1024);
    beast::get_lowest_layer(transport_).expires_after(kIdleLimit);
    http::async_read(transport_, buffer_, *parser_, [self = this->shared_from_this()](ErrorCode error, size_t) {
      self->on_read(error);
    });
  }

  void on_read(ErrorCode error) {
    if (error == http::error::body_limit) {
      keep_alive_ = false;
      answer(413, "text/plain; charset=utf-8", "Request entity too large: limit exceeded\n");
      return;
    }
    if (error) return close();
    auto message = parser_->release();
    Request request;
    request.method = std::string(message.method_string());
    std::string target(message.target());
    size_t question = target.find('?');
    request.path = percent_decode(std::string_view(target).substr(0, question), false);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    for (const auto& field : message)
      request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    request.body = std::move(message.body());
    keep_alive_ = message.keep_alive();
    head_ = message.method() == http::verb::head;
    respond(shared_.handler(request));
  }

  void respond(Response response) {
    if (response.reset) return close();
    if (response.delay > Duration::zero()) return respond_later(std::move(response));
    response_ = std::move(response);
    header_ = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\n", response_.code,
                          std::string_view(http::obsolete_reason(static_cast<http::status>(response_.code))),
                          response_.content_type);
    for (const auto& [name, value] : response_.headers) header_ += name + ": " + value + "\r\n";
    // A stream's end is the connection's: the read that notices a client's going cannot be taken back.
    if (!keep_alive_ || response_.stream) header_ += "Connection: close\r\n";
    if (response_.stream) {
      header_ += "Transfer-Encoding: chunked\r\n\r\n";
      return start_stream();
    }
    std::string_view body = response_.text();
    header_ += fmt::format("Content-Length: {}\r\n\r\n", body.size());
    if (head_) body = {};
    // One TLS record and one system call for small answers.
    if (body.size() <= kCoalesced) {
      header_ += body;
      body = {};
    }
    std::array<asio::const_buffer, 2> buffers{asio::buffer(header_), asio::buffer(body.data(), body.size())};
    write(buffers, [self = this->shared_from_this()] { self->finish(); });
  }

  void respond_later(Response response) {
    timer_.expires_after(std::exchange(response.delay, {}));
    auto held = std::make_shared<Response>(std::move(response));
    timer_.async_wait([self = this->shared_from_this(), held](ErrorCode error) {
      if (!error) self->respond(std::move(*held));
    });
  }

  void answer(int code, std::string type, std::string body) {
    Response response;
    response.code = code;
    response.content_type = std::move(type);
    response.body = std::move(body);
    respond(std::move(response));
  }

  template <class Buffers, class Then>
  void write(const Buffers& buffers, Then then) {
    beast::get_lowest_layer(transport_).expires_after(kWriteLimit);
    asio::async_write(transport_, buffers,
                      [self = this->shared_from_this(), then](ErrorCode error, size_t) {
                        if (error) {
                          self->end_stream();
                          return self->close();
                        }
                        then();
                      });
  }

  void finish() {
    response_ = {};
    if (keep_alive_) return read();
    close();
  }

  void start_stream() {
    // A waker may outlive the session: it holds it weakly and only posts.
    std::weak_ptr<Session> weak = this->weak_from_this();
    response_.stream->set_waker([weak, &io = shared_.io] {
      asio::post(io, [weak] {
        if (auto self = weak.lock()) self->pump();
      });
    });
    writing_ = true;
    write(asio::buffer(header_), [self = this->shared_from_this()] {
      self->writing_ = false;
      self->watch_for_close();
      self->pump();
    });
  }

  // A client that goes away is noticed even when there is nothing to send.
  void watch_for_close() {
    beast::get_lowest_layer(transport_).expires_never();
    transport_.async_read_some(buffer_.prepare(512), [self = this->shared_from_this()](ErrorCode error, size_t size) {
      if (error) {
        self->end_stream();
        return self->close();
      }
      self->buffer_.commit(size);
    });
  }

  void end_stream() {
    if (response_.stream) response_.stream->set_waker(nullptr);
    response_.stream.reset();
    ErrorCode ignored;
    timer_.cancel(ignored);
  }

  void pump() {
    if (!response_.stream || writing_) return;
    chunk_.clear();
    bool end = response_.stream->read(chunk_) == Stream::State::kEnd;
    if (chunk_.empty() && !end) return wait();
    header_.clear();
    if (!chunk_.empty()) header_ = fmt::format("{:x}\r\n", chunk_.size());
    tail_ = chunk_.empty() ? "" : "\r\n";
    if (end) tail_ += "0\r\n\r\n";
    std::array<asio::const_buffer, 3> buffers{asio::buffer(header_), asio::buffer(chunk_), asio::buffer(tail_)};
    writing_ = true;
    asio::async_write(transport_, buffers, [self = this->shared_from_this(), end](ErrorCode error, size_t) {
      self->writing_ = false;
      if (error || end) {
        self->end_stream();
        return self->close_gently();
      }
      self->pump();
    });
  }

  void close_gently() {
    ErrorCode ignored;
    beast::get_lowest_layer(transport_).socket().shutdown(Tcp::socket::shutdown_send, ignored);
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([self = this->shared_from_this()](ErrorCode) { self->close(); });
  }

  void wait() {
    auto deadline = response_.stream->next_deadline();
    if (!deadline) return;
    timer_.expires_at(*deadline);
    timer_.async_wait([weak = this->weak_from_this()](ErrorCode error) {
      if (auto self = weak.lock(); self && !error) self->pump();
    });
  }

  Shared& shared_;
  Transport transport_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  asio::steady_timer timer_;
  Response response_;
  std::string header_, chunk_, tail_;
  bool keep_alive_ = true;
  bool head_ = false;
  bool writing_ = false;
};

class Server : public HttpServer {
 public:
  Server(const HttpOptions& options, Handler handler) : acceptor_(shared_.io), tls_(asio::ssl::context::tls_server) {
    shared_.handler = std::move(handler);
    shared_.options = options;
  }
  ~Server() override { stop(); }

  Status open() {
    ErrorCode error;
    if (shared_.options.tls != nullptr) TAUT_TRY(load_tls());
    auto address = asio::ip::make_address(shared_.options.address, error);
    if (error) return fail(Code::kInvalid, "{} is not an IP address", shared_.options.address);
    Tcp::endpoint endpoint(address, shared_.options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(1024, error);
    if (error)
      return fail(Code::kUnavailable, "cannot listen on {}:{}: {}", shared_.options.address, shared_.options.port,
                  error.message());
    accept();
    thread_ = std::thread([this] { shared_.io.run(); });
    return {};
  }

  uint16_t port() const override { return acceptor_.local_endpoint().port(); }

  void stop() override {
    if (!thread_.joinable()) return;
    asio::post(shared_.io, [this] {
      ErrorCode ignored;
      acceptor_.close(ignored);
      for (SessionBase* session : std::vector<SessionBase*>(shared_.sessions.begin(), shared_.sessions.end()))
        session->close();
      shared_.io.stop();
    });
    thread_.join();
    // Runs what is left, so that the sessions are destroyed while `shared_` lives.
    shared_.io.restart();
    shared_.io.poll();
  }

 private:
  Status load_tls() {
    ErrorCode error;
    tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv3 |
                     asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    const TlsMaterial& material = *shared_.options.tls;
    tls_.use_certificate_chain(asio::buffer(material.certificate_pem), error);
    if (!error) tls_.use_private_key(asio::buffer(material.key_pem), asio::ssl::context::pem, error);
    if (error) return fail(Code::kInternal, "cannot use the TLS certificate: {}", error.message());
    return {};
  }

  void accept() {
    acceptor_.async_accept([this](ErrorCode error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
      if (!error && shared_.sessions.size() < shared_.options.max_connections) {
        ErrorCode ignored;
        socket.set_option(Tcp::no_delay(true), ignored);
        if (shared_.options.tls != nullptr)
          std::make_shared<Session<asio::ssl::stream<beast::tcp_stream>>>(shared_, std::move(socket), tls_)->start();
        else
          std::make_shared<Session<beast::tcp_stream>>(shared_, std::move(socket))->start();
      }
      accept();
    });
  }

  Shared shared_;
  Tcp::acceptor acceptor_;
  asio::ssl::context tls_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> start_http_server(const HttpOptions& options, Handler handler) {
  auto server = std::make_unique<Server>(options, std::move(handler));
  TAUT_TRY(server->open());
  return server;
}

}  // namespace taut::sandbox
