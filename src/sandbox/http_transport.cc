#include "sandbox/http_transport.hh"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace taut::sandbox {
namespace {

constexpr size_t kReadSize = 64 * 1024;
constexpr size_t kRecord = 16 * 1024;

bool use_certificate(SSL_CTX* context, const TlsMaterial& material) {
  std::unique_ptr<BIO, decltype(&BIO_free_all)> chain(
      BIO_new_mem_buf(material.certificate_pem.data(), static_cast<int>(material.certificate_pem.size())), BIO_free_all);
  std::unique_ptr<BIO, decltype(&BIO_free_all)> secret(
      BIO_new_mem_buf(material.key_pem.data(), static_cast<int>(material.key_pem.size())), BIO_free_all);
  std::unique_ptr<X509, decltype(&X509_free)> own(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr), X509_free);
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(secret.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (!own || !key || SSL_CTX_use_certificate(context, own.get()) != 1) return false;
  while (X509* next = PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr))
    if (SSL_CTX_add0_chain_cert(context, next) != 1) return false;
  ERR_clear_error();  // the end of the chain
  return SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

}  // namespace

Result<TlsContext> make_tls_context(const TlsMaterial& material) {
  TlsContext out(SSL_CTX_new(TLS_server_method()));
  if (!out || !use_certificate(out.get(), material)) {
    char text[256];
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    return fail(Code::kInternal, "cannot use the TLS certificate: {}", text);
  }
  SSL_CTX_set_min_proto_version(out.get(), TLS1_2_VERSION);
  // Idle connections hold no buffers; records may be sent in pieces, from wherever the rest of them is by then.
  SSL_CTX_set_mode(out.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(out.get(), 1);
  // AES-128 first, as Go's server has it.
  SSL_CTX_set_ciphersuites(out.get(), "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384");
  SSL_CTX_set_options(out.get(), SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Clients of an API server keep their connections; tickets are two more records for each new one.
  SSL_CTX_set_num_tickets(out.get(), 0);
  SSL_CTX_set_session_cache_mode(out.get(), SSL_SESS_CACHE_OFF);
  return out;
}

Transport::Transport(int socket, SSL_CTX* context) : socket_(socket) {
  if (context == nullptr) return;
  tls_.reset(SSL_new(context));
  if (tls_) SSL_set_fd(tls_.get(), socket);
}

Transport::~Transport() { ::close(socket_); }

Transport::Io Transport::outcome(int result) {
  int error = SSL_get_error(tls_.get(), result);
  bool plain = error == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
  ERR_clear_error();
  if (plain) return Io::kPlain;
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? Io::kAgain : Io::kClosed;
}

Transport::Io Transport::handshake() {
  if (!tls_) return Io::kDone;
  int result = SSL_accept(tls_.get());
  return result == 1 ? Io::kDone : outcome(result);
}

Transport::Io Transport::read(std::string& into) {
  static thread_local char buffer[kReadSize];
  size_t size = 0;
  Io end = Io::kAgain;
  while (size + kRecord <= kReadSize) {
    ssize_t got = tls_ ? SSL_read(tls_.get(), buffer + size, static_cast<int>(kReadSize - size))
                       : ::recv(socket_, buffer + size, kReadSize - size, 0);
    if (got <= 0) {
      if (tls_) end = outcome(static_cast<int>(got));
      else end = got < 0 && (errno == EAGAIN || errno == EINTR) ? Io::kAgain : Io::kClosed;
      break;
    }
    size += static_cast<size_t>(got);
    // Nothing left that the kernel would not tell about again.
    if (!tls_ || SSL_has_pending(tls_.get()) == 0) break;
  }
  into.append(buffer, size);
  return size != 0 ? Io::kDone : end;
}

Transport::Io Transport::write(std::string_view& from) {
  bool any = false;
  while (!from.empty()) {
    ssize_t sent = tls_ ? SSL_write(tls_.get(), from.data(), static_cast<int>(std::min(from.size(), kRecord)))
                        : ::send(socket_, from.data(), from.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      if (!tls_ && sent < 0 && errno == EINTR) continue;
      Io end = tls_ ? outcome(static_cast<int>(sent)) : errno == EAGAIN ? Io::kAgain : Io::kClosed;
      if (end == Io::kClosed) return end;
      return any ? Io::kDone : Io::kAgain;
    }
    any = true;
    from.remove_prefix(static_cast<size_t>(sent));
  }
  return Io::kDone;
}

void Transport::write_plain(std::string_view text) {
  (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
}

void Transport::half_close() {
  if (tls_) {
    SSL_shutdown(tls_.get());
    ERR_clear_error();
  }
  ::shutdown(socket_, SHUT_WR);
}

void Transport::reset_on_close() {
  linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace taut::sandbox
