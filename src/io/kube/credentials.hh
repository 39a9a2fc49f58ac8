// Who the client is at this moment: static credentials, a token file read anew, or what a plugin or an issuer gave.
#pragma once

#include <mutex>

#include "io/kube/exec_plugin.hh"

namespace taut::kube {

struct Identity {
  std::vector<net::Header> headers;  // Authorization and Impersonate-*
  std::string user, password;        // basic authentication
  std::string certificate, key;      // PEM of a plugin; empty: that of the configuration
};

// Thread-safe; a call may wait for a plugin that another has started.
class Credentials {
 public:
  using Now = std::function<Time()>;
  explicit Credentials(AuthConfig config, Now now);

  // Reads the token file at most once a minute, runs the plugin or asks the issuer when there is nothing valid. A token file that
  // cannot be read any more leaves the last token in use.
  Result<Identity> current();
  // The server answered 401 to this identity: forget it, so that the next call asks anew. False when that cannot
  // help, because nothing but the configuration gives credentials.
  bool refused(const Identity& identity);

 private:
  Result<std::string> file_token();
  Status renew();

  const AuthConfig config_;
  const Now now_;
  std::mutex mutex_;
  std::string file_token_;
  std::optional<Time> file_read_;
  std::optional<ExecCredentials> given_;
};

}  // namespace taut::kube
