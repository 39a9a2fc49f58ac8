// The bytes of one connection, plain or through TLS, without waiting.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.hh"
#include "sandbox/tls_material.hh"

namespace taut::sandbox {

struct TlsFree {
  void operator()(SSL* tls) const { SSL_free(tls); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, TlsFree>;

// TLS 1.2 and later. kInternal when the certificate cannot be used.
Result<TlsContext> make_tls_context(const TlsMaterial& material);

// Owns the socket. Used by one thread.
class Transport {
 public:
  enum class Io {
    kDone,    // as much as could be done now
    kAgain,   // nothing: the socket has to become ready first
    kClosed,  // the connection is over
    kPlain    // handshake only: the client speaks HTTP without TLS
  };

  Transport(int socket, SSL_CTX* context);  // context null: plain
  ~Transport();
  Transport(const Transport&) = delete;

  int socket() const { return socket_; }
  Io handshake();
  // Appends what has come to `into`, at most about 64 KB. kDone only when there was something.
  Io read(std::string& into);
  // Whether bytes have come that the kernel does not tell about any more.
  bool has_pending() const { return tls_ && SSL_has_pending(tls_.get()) != 0; }
  // Sends from the front of `from` and removes what was sent.
  Io write(std::string_view& from);
  // Unencrypted bytes to a client that does not speak TLS.
  void write_plain(std::string_view text);
  // Tells the client that nothing more comes.
  void half_close();
  // The end of the socket cuts the connection without a farewell.
  void reset_on_close();

 private:
  Io outcome(int result);

  int socket_;
  std::unique_ptr<SSL, TlsFree> tls_;
};

}  // namespace taut::sandbox
