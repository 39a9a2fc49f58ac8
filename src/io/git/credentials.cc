#include "io/git/credentials.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

#include "base/strings.hh"
#include "base/url.hh"

namespace taut::git {

namespace {

// One quoted word for the shell that git runs GIT_SSH_COMMAND with.
std::string shell_word(std::string_view text) { return "'" + replace_all(text, "'", "'\\''") + "'"; }

// Settings by environment, as git reads them: GIT_CONFIG_COUNT, GIT_CONFIG_KEY_0, GIT_CONFIG_VALUE_0, ...
class Settings {
 public:
  void add(std::string_view key, std::string_view value) {
    variables_.push_back(fmt::format("GIT_CONFIG_KEY_{}={}", count_, key));
    variables_.push_back(fmt::format("GIT_CONFIG_VALUE_{}={}", count_, value));
    ++count_;
  }
  void write_to(std::vector<std::string>& environment) const {
    if (count_ == 0) return;
    environment.push_back(fmt::format("GIT_CONFIG_COUNT={}", count_));
    environment.insert(environment.end(), variables_.begin(), variables_.end());
  }

 private:
  std::vector<std::string> variables_;
  int count_ = 0;
};

// Answers git's question for the origin that the setting names, out of the environment.
constexpr std::string_view kHelper =
    R"(!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$TAUT_GIT_USERNAME" "$TAUT_GIT_PASSWORD"; }; f)";

// A header that is set goes along to wherever the server redirects, so that a password is given by a helper, which git
// asks for each host by itself, and nothing is followed with a token, which no helper of this git can give.
Status add_authorization(const Remote& remote, const Credentials& credentials, const std::string& origin, Settings& settings,
                         CredentialEnvironment& out) {
  for (const std::string* text : {&credentials.username, &credentials.password, &credentials.bearer_token})
    if (text->find_first_of(std::string_view("\r\n\0", 3)) != text->npos)
      return fail(Code::kInvalid, "the credentials of {} hold a line break", remote.display);
  if (!credentials.bearer_token.empty()) {
    settings.add(fmt::format("http.{}/.extraHeader", origin), "Authorization: Bearer " + credentials.bearer_token);
    settings.add("http.followRedirects", "false");
  } else if (!credentials.password.empty()) {
    settings.add(fmt::format("credential.{}.helper", origin), std::string(kHelper));
    // Hosts that take a token as the password want any user name.
    out.variables.push_back("TAUT_GIT_USERNAME=" + (credentials.username.empty() ? "git" : credentials.username));
    out.variables.push_back("TAUT_GIT_PASSWORD=" + credentials.password);
  }
  return {};
}

Status add_http(const Remote& remote, const Credentials& credentials, const std::string& folder, Settings& settings,
                CredentialEnvironment& out) {
  std::string origin = "https://";
  if (auto url = Url::parse(remote.url)) origin = url->origin();
  TAUT_TRY(add_authorization(remote, credentials, origin, settings, out));
  if (credentials.insecure) settings.add("http.sslVerify", "false");
  if (!credentials.proxy.empty()) settings.add("http.proxy", credentials.proxy);
  if (!credentials.no_proxy.empty()) {
    for (const char* name : {"NO_PROXY=", "no_proxy="}) out.variables.push_back(name + credentials.no_proxy);
  }
  const std::pair<const char*, const std::string*> files[] = {{"http.sslCAInfo", &credentials.ca_certificates},
                                                              {"http.sslCert", &credentials.client_certificate},
                                                              {"http.sslKey", &credentials.client_key}};
  for (auto [key, text] : files) {
    if (text->empty()) continue;
    TAUT_ASSIGN(auto file, SecretFile::make(folder, *text));
    settings.add(key, file.path());
    out.files.push_back(std::move(file));
  }
  return {};
}

Status add_ssh(const Credentials& credentials, const std::string& folder, CredentialEnvironment& out) {
  std::string command = "ssh -o BatchMode=yes -o ConnectTimeout=15";
  if (!credentials.ssh_private_key.empty()) {
    // OpenSSH refuses a key without its last line break.
    std::string key(trim_right(credentials.ssh_private_key, "\r\n "));
    TAUT_ASSIGN(auto file, SecretFile::make(folder, key + "\n"));
    command += " -o IdentitiesOnly=yes -i " + shell_word(file.path());
    out.files.push_back(std::move(file));
  }
  if (credentials.insecure) {
    command += " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null";
  } else {
    command += " -o StrictHostKeyChecking=yes";
    if (!credentials.ssh_known_hosts.empty()) {
      TAUT_ASSIGN(auto file, SecretFile::make(folder, credentials.ssh_known_hosts + "\n"));
      command += " -o UserKnownHostsFile=" + shell_word(file.path());
      out.files.push_back(std::move(file));
    }
  }
  out.variables.push_back("GIT_SSH_COMMAND=" + command);
  return {};
}

bool looks_like_scp(std::string_view url) {
  size_t colon = url.find(':'), slash = url.find('/');
  return colon != url.npos && colon > 0 && (slash == url.npos || colon < slash);
}

}  // namespace

Result<Remote> parse_remote(const std::string& url) {
  std::string text(trim(url));
  if (text.empty()) return fail(Code::kInvalid, "repository URL is empty");
  bool control = std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (control || text.starts_with('-') || contains(text, "::"))
    return fail(Code::kInvalid, "invalid repository URL {}", quote(redact_urls(text)));
  Remote remote{.url = text, .display = text};
  size_t scheme_end = text.find("://");
  if (scheme_end == text.npos) {
    remote.ssh = looks_like_scp(text);
    remote.local = !remote.ssh;
    return remote;
  }
  std::string scheme = to_lower(text.substr(0, scheme_end));
  remote.local = scheme == "file";
  remote.ssh = scheme == "ssh" || scheme == "git+ssh";
  remote.http = scheme == "http" || scheme == "https";
  if (remote.local || scheme == "git") return remote;
  if (!remote.ssh && !remote.http)
    return fail(Code::kInvalid, "repository URL {}: scheme {} is not one of https, http, ssh, git, file",
                redact_urls(text), quote(scheme));
  TAUT_ASSIGN(Url parsed, Url::parse(text));
  // A user of ssh is a part of the place, and opens nothing.
  if (remote.http) {
    remote.inside.username = url_decode(parsed.user).value_or(parsed.user);
    remote.inside.password = url_decode(parsed.password).value_or(parsed.password);
    parsed.user.clear();
    // A token alone stands where the user stands: https://TOKEN@host/path.
    if (remote.inside.password.empty()) remote.inside.password = std::exchange(remote.inside.username, "");
  }
  parsed.password.clear();
  remote.url = remote.display = parsed.to_string();
  return remote;
}

Result<SecretFile> SecretFile::make(const std::string& folder, std::string_view text) {
  ::mkdir(folder.c_str(), 0700);
  std::string path = folder + "/secret-XXXXXX";
  int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0)
    return fail(Code::kUnavailable, "cannot write credentials below {}: {}", folder, std::strerror(errno));
  SecretFile file(path);
  bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(fd);
  if (!written)
    return fail(Code::kUnavailable, "cannot write credentials below {}: {}", folder, std::strerror(errno));
  return file;
}

SecretFile::~SecretFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<CredentialEnvironment> credential_environment(const Remote& remote, const Credentials& credentials,
                                                     const std::string& folder) {
  CredentialEnvironment out;
  Settings settings;
  if (remote.http) TAUT_TRY(add_http(remote, credentials, folder, settings, out));
  if (remote.ssh) TAUT_TRY(add_ssh(credentials, folder, out));
  settings.write_to(out.variables);
  return out;
}

std::string redact(std::string_view text, const Credentials& credentials) {
  std::string out = redact_urls(text);
  const std::string* secrets[] = {&credentials.password, &credentials.bearer_token, &credentials.ssh_private_key,
                                  &credentials.client_key};
  for (const std::string* secret : secrets) {
    if (secret->size() >= 4) out = replace_all(out, *secret, "xxxxx");
  }
  return out;
}

}  // namespace taut::git
