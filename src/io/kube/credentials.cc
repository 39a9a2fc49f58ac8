#include "io/kube/credentials.hh"

#include "base/strings.hh"
#include "io/kube/files.hh"

namespace taut::kube {
namespace {

// As client-go's cachingFileTokenSource: a minute, less ten seconds of leeway.
constexpr auto kTokenFilePeriod = std::chrono::seconds(50);

void impersonate(const Impersonation& as, std::vector<net::Header>& headers) {
  if (!as.user.empty()) headers.push_back({"Impersonate-User", as.user});
  if (!as.uid.empty()) headers.push_back({"Impersonate-Uid", as.uid});
  for (const auto& group : as.groups) headers.push_back({"Impersonate-Group", group});
  for (const auto& [key, value] : as.extra) headers.push_back({"Impersonate-Extra-" + url_encode(key), value});
}

}  // namespace

Credentials::Credentials(AuthConfig config, Now now) : config_(std::move(config)), now_(std::move(now)) {}

Result<std::string> Credentials::file_token() {
  if (file_read_ && now_() < *file_read_ + kTokenFilePeriod) return file_token_;
  auto text = read_file(config_.token_file);
  if (!text) {
    if (!file_token_.empty()) return file_token_;
    if (!config_.token.empty()) return config_.token;
    return fail(Code::kUnauthenticated, "failed to read token file \"{}\": {}", config_.token_file,
                text.error().message());
  }
  std::string token(trim(*text));
  if (token.empty()) return fail(Code::kUnauthenticated, "read empty token from file \"{}\"", config_.token_file);
  file_token_ = std::move(token);
  file_read_ = now_();
  return file_token_;
}

Status Credentials::renew() {
  if (given_ && (!given_->expires || now_() < *given_->expires)) return {};
  if (config_.exec) {
    TAUT_ASSIGN(given_, run_exec_plugin(*config_.exec));
    return {};
  }
  TAUT_ASSIGN(auto issued, config_.issue());
  given_ = ExecCredentials{std::move(issued.token), {}, {}, issued.expires};
  return {};
}

Result<Identity> Credentials::current() {
  std::lock_guard lock(mutex_);
  Identity out;
  impersonate(config_.impersonate, out.headers);
  std::string token = config_.token;
  if (!config_.token_file.empty()) {
    TAUT_ASSIGN(token, file_token());
  } else if (token.empty() && (config_.exec || config_.issue)) {
    TAUT_TRY(renew());
    token = given_->token;
    out.certificate = given_->certificate;
    out.key = given_->key;
  }
  if (!token.empty()) {
    out.headers.push_back({"Authorization", "Bearer " + token});
  } else if (!config_.username.empty()) {
    out.user = config_.username;
    out.password = config_.password;
  }
  return out;
}

bool Credentials::refused(const Identity& identity) {
  std::lock_guard lock(mutex_);
  auto authorization = [&](const std::string& token) {
    for (const auto& header : identity.headers)
      if (header.name == "Authorization" && header.value == "Bearer " + token) return true;
    return false;
  };
  if (!config_.token_file.empty()) {
    if (authorization(file_token_)) file_read_.reset();
    return true;
  }
  if ((!config_.exec && !config_.issue) || !config_.token.empty()) return false;
  // Another thread may have renewed it since.
  bool same = given_ && (given_->token.empty() || authorization(given_->token)) &&
              given_->certificate == identity.certificate;
  if (same) given_.reset();
  return true;
}

}  // namespace taut::kube
