#include "io/scm/github_app.hh"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/base64.hh"
#include "base/hash.hh"
#include "base/strings.hh"
#include "base/url.hh"
#include "io/scm/api.hh"
#include "value/json.hh"

namespace taut::scm {
namespace {

constexpr std::string_view kPublicApi = "https://api.github.com";
// A fetch that begins with a token is to end with it.
constexpr Duration kMargin = std::chrono::minutes(5);
constexpr Duration kFailed = std::chrono::seconds(10);

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* object) const { Function(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

// A key with a passphrase is refused, not asked for at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Result<Key> read_key(const std::string& pem) {
  std::unique_ptr<BIO, Free<BIO_free>> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(text ? PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr) : nullptr);
  ERR_clear_error();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    return fail(Code::kInvalid, "could not parse private key: the key of a GitHub App must be a PEM encoded RSA private key");
  return key;
}

Result<std::string> signed_with(EVP_PKEY* key, std::string_view text) {
  std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  auto bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  bool good = context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
  std::string out(size, '\0');
  good = good && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes, text.size()) == 1;
  ERR_clear_error();
  if (!good) return fail(Code::kInvalid, "the private key of the GitHub App cannot sign");
  out.resize(size);
  return out;
}

int64_t seconds_of(Time time) { return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count(); }

// The installation for an organization, else that for a user.
Result<int64_t> find_installation(const GitHubApp& app, Api& api) {
  auto found = api.get(fmt::format("/orgs/{}/installation", url_encode(app.owner)));
  if (!found && found.error().code() == Code::kNotFound) found = api.get(fmt::format("/users/{}/installation", url_encode(app.owner)));
  if (found) return (*found)["id"].as_int();
  return fail(found.error().code(), "failed to find the installation for {}: ensure the GitHub App (ID: {}) is installed for it: {}", app.owner, app.id,
              found.error().message());
}

std::string name_of_held(const ScmAccount& account, const std::string& api) {
  const GitHubApp& app = account.app;
  return hash128(fmt::format("{}\n{}\n{}\n{}\n{}\n{}", api, app.id, app.installation, app.owner, account.proxy, app.private_key)).hex();
}

std::string api_of(const ScmAccount& account) {
  std::string_view api = account.app.api.empty() ? std::string_view(account.api) : std::string_view(account.app.api);
  return std::string(trim_right(api.empty() ? kPublicApi : api, "/"));
}

}  // namespace

Result<std::string> app_assertion(const GitHubApp& app, Time now) {
  TAUT_ASSIGN(Key key, read_key(app.private_key));
  int64_t issued = seconds_of(now) - 30;
  Value claims = Value::map({{"iat", issued}, {"exp", issued + 120}, {"iss", std::to_string(app.id)}});
  std::string body = base64_url_encode(R"({"alg":"RS256","typ":"JWT"})") + '.' + base64_url_encode(to_json(claims));
  TAUT_ASSIGN(std::string signature, signed_with(key.get(), body));
  return body + '.' + base64_url_encode(signature);
}

Result<std::string> GitHubAppTokens::ask(const ScmAccount& account, Time& until) {
  TAUT_ASSIGN(std::string assertion, app_assertion(account.app, clock_.now()));
  Api api(api_of(account), {"Authorization", "Bearer " + assertion}, account);
  int64_t installation = account.app.installation;
  if (installation == 0) {
    TAUT_ASSIGN(installation, find_installation(account.app, api));
  }
  TAUT_ASSIGN(Value answer, api.send("POST", fmt::format("/app/installations/{}/access_tokens", installation), Value::map({})));
  auto expires = parse_rfc3339(answer["expires_at"].as_string());
  if (answer["token"].empty() || !expires)
    return fail(Code::kInvalid, "the answer of {} to a request for an installation token holds none", redact_urls(api_of(account)));
  until = *expires - kMargin;
  return answer["token"].str();
}

Result<std::string> GitHubAppTokens::token(const ScmAccount& account) {
  const GitHubApp& app = account.app;
  if (app.id <= 0) return fail(Code::kInvalid, "app ID must be provided to use github app authentication");
  if (app.installation < 0) return fail(Code::kInvalid, "the installation ID of the GitHub App is no positive number");
  if (app.installation == 0 && app.owner.empty())
    return fail(Code::kInvalid, "app installation owner or ID must be provided to use github app authentication");
  std::shared_ptr<Held> held;
  {
    std::lock_guard lock(mutex_);
    // Those of keys that were exchanged are asked for no more.
    std::erase_if(held_, [now = clock_.now()](const auto& entry) {
      std::unique_lock unused(entry.second->mutex, std::try_to_lock);
      return unused && entry.second.use_count() == 1 && now >= entry.second->until;
    });
    auto& slot = held_[name_of_held(account, api_of(account))];
    if (!slot) slot = std::make_shared<Held>();
    held = slot;
  }
  std::lock_guard lock(held->mutex);
  if (clock_.now() >= held->until) {
    held->token = ask(account, held->until);
    if (!held->token) {
      held->token = tl::unexpected(std::move(held->token).error().while_doing("asking for the token of a GitHub App"));
      held->until = clock_.now() + kFailed;
    }
  }
  return held->token;
}

}  // namespace taut::scm
