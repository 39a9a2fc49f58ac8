// What opens a private repository, and how it reaches the git program: by its environment and by files that only
// this user can read, never by its arguments.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hh"

namespace taut::git {

struct Credentials {
  std::string username;  // https
  std::string password;  // https: password or personal access token
  std::string bearer_token;
  std::string ssh_private_key;  // PEM or OpenSSH text
  std::string ssh_known_hosts;  // lines of a known_hosts file; empty: the user's own
  std::string ca_certificates;  // PEM, instead of the system's
  std::string client_certificate;
  std::string client_key;
  std::string proxy;
  std::string no_proxy;  // hosts that are reached without it, as NO_PROXY has them
  bool insecure = false;  // takes any certificate and any host key

  bool empty() const { return *this == Credentials(); }
  // What remains without that: whom to trust, and by which way.
  Credentials of_nobody() const {
    Credentials out;
    out.ssh_known_hosts = ssh_known_hosts;
    out.ca_certificates = ca_certificates;
    out.proxy = proxy;
    out.no_proxy = no_proxy;
    out.insecure = insecure;
    return out;
  }
  // Whether there is anything to show who asks; certificates to trust and proxies are no such thing.
  bool tell_who() const { return !username.empty() || !password.empty() || !bearer_token.empty() || !ssh_private_key.empty() || !client_key.empty(); }
  bool operator==(const Credentials&) const = default;
};

// A URL as the git program gets it: user and password of an http(s) URL are taken out into `inside`.
struct Remote {
  std::string url;      // for the program; holds no password
  std::string display;  // for messages and logs
  Credentials inside;
  bool http = false;
  bool ssh = false;
  bool local = false;  // a path, a bundle or file://
};
// kInvalid for text that is no repository: empty, starting with "-", with control characters, or of a transport
// that runs programs ("ext::").
Result<Remote> parse_remote(const std::string& url);

// A file of its own, 0600, removed with the object.
class SecretFile {
 public:
  static Result<SecretFile> make(const std::string& folder, std::string_view text);
  SecretFile(SecretFile&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  SecretFile& operator=(SecretFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~SecretFile();
  const std::string& path() const { return path_; }

 private:
  explicit SecretFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// The environment that carries credentials; the files live as long as it.
struct CredentialEnvironment {
  std::vector<std::string> variables;  // "NAME=value"
  std::vector<SecretFile> files;
};
Result<CredentialEnvironment> credential_environment(const Remote& remote, const Credentials& credentials,
                                                     const std::string& folder);

// A text of the git program without URLs' credentials and without any of the secrets.
std::string redact(std::string_view text, const Credentials& credentials);

}  // namespace taut::git
