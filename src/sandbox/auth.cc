#include "sandbox/auth.hh"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/base64.hh"
#include "base/strings.hh"
#include "sandbox/tls_material.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

std::string from_base64_url(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (out.size() % 4 != 0) out += '=';
  return base64_decode(out).value_or("");
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

User administrator() { return {"admin", "admin", {"system:masters", "system:authenticated"}, true}; }

User service_account(std::string_view ns, std::string_view name, std::string_view uid) {
  return {fmt::format("system:serviceaccount:{}:{}", ns, name), std::string(uid),
          {"system:serviceaccounts", fmt::format("system:serviceaccounts:{}", ns), "system:authenticated"}, false};
}

ApiError unauthorized() { return {401, "Unauthorized", "Unauthorized", {}}; }

}  // namespace

Authenticator::Authenticator(Cluster& cluster, std::string admin_token)
    : cluster_(cluster), admin_token_(std::move(admin_token)), signing_key_(random_hex(32)) {}

std::string Authenticator::sign(std::string_view text) const {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), signing_key_.data(), static_cast<int>(signing_key_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return base64_url_encode({reinterpret_cast<char*>(digest), size});
}

std::string Authenticator::issue(std::string_view ns, std::string_view name, std::string_view uid, const Value& audiences,
                                 Time now, int64_t seconds) const {
  int64_t issued = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  Value account = Value::map({{"name", name}, {"uid", uid}});
  Value claims = Value::map({{"iss", "https://kubernetes.default.svc"}, {"sub", fmt::format("system:serviceaccount:{}:{}", ns, name)},
                             {"aud", audiences}, {"iat", issued}, {"nbf", issued}, {"exp", issued + seconds},
                             {"kubernetes.io", Value::map({{"namespace", ns}, {"serviceaccount", account}})}});
  std::string body = base64_url_encode(R"({"alg":"HS256","typ":"JWT"})") + '.' + base64_url_encode(to_json(claims));
  return body + '.' + sign(body);
}

std::optional<User> Authenticator::user_of(std::string_view token) const {
  if (same_secret(token, admin_token_)) return administrator();
  size_t dot = token.rfind('.'), first = token.find('.');
  if (dot == std::string_view::npos || first == dot) return std::nullopt;
  if (!same_secret(token.substr(dot + 1), sign(token.substr(0, dot)))) return std::nullopt;
  auto claims = parse_json(from_base64_url(token.substr(first + 1, dot - first - 1)));
  if (!claims) return std::nullopt;
  int64_t now = std::chrono::duration_cast<std::chrono::seconds>(cluster_.now().time_since_epoch()).count();
  if ((*claims)["exp"].as_int() < now) return std::nullopt;
  const Value& own = (*claims)["kubernetes.io"];
  std::string_view ns = own["namespace"].as_string(), name = own["serviceaccount"]["name"].as_string();
  ItemPtr account = cluster_.store.get(StoreKey::of("serviceaccounts", ns, name));
  if (!account || account->object()["metadata"]["uid"] != own["serviceaccount"]["uid"]) return std::nullopt;
  return service_account(ns, name, own["serviceaccount"]["uid"].as_string());
}

ApiResult<User> Authenticator::authenticate(const Request& request) const {
  std::string_view header = request.header("Authorization");
  User user{"system:anonymous", "", {"system:unauthenticated"}, false};
  if (header.size() > 7 && to_lower(header.substr(0, 7)) == "bearer ") {
    auto found = user_of(trim(header.substr(7)));
    if (!found) return ApiFailure(unauthorized());
    user = std::move(*found);
  } else if (!header.empty()) {
    return ApiFailure(unauthorized());
  }
  std::string_view as = request.header("Impersonate-User");
  if (as.empty()) return user;
  if (!allowed(cluster_, user, {.verb = "impersonate", .resource = "users", .name = std::string(as)}))
    return ApiFailure(refused(user, {.verb = "impersonate", .resource = "users", .name = std::string(as)}));
  User other{std::string(as), "", {}, false};
  for (const auto& [name, value] : request.headers)
    if (to_lower(name) == "impersonate-group") other.groups.push_back(value);
  if (as.starts_with("system:serviceaccount:")) {
    auto parts = split(as, ':');
    if (parts.size() == 4 && other.groups.empty()) other.groups = service_account(parts[2], parts[3], "").groups;
  }
  if (std::find(other.groups.begin(), other.groups.end(), "system:authenticated") == other.groups.end())
    other.groups.push_back("system:authenticated");
  other.admin = std::find(other.groups.begin(), other.groups.end(), "system:masters") != other.groups.end();
  return other;
}

ApiError refused(const User& user, const Attributes& a) {
  if (!a.path.empty()) {
    std::string why = fmt::format("forbidden: User {} cannot {} path {}", quote(user.name), a.verb, quote(a.path));
    return {403, "Forbidden", why, Value::map()};
  }
  std::string resource = a.subresource.empty() ? a.resource : a.resource + '/' + a.subresource;
  std::string where = a.ns.empty() ? "at the cluster scope" : fmt::format("in the namespace {}", quote(a.ns));
  return forbidden({a.group, a.resource}, a.name,
                   fmt::format("User {} cannot {} resource {} in API group {} {}", quote(user.name), a.verb, quote(resource),
                               quote(a.group), where));
}

}  // namespace taut::sandbox
