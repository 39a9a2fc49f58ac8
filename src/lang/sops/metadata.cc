#include "lang/sops/metadata.hh"

#include <re2/re2.h>

#include <algorithm>
#include <memory>

#include "base/go_regexp.hh"
#include "base/strings.hh"
#include "lang/sops/pgp.hh"

namespace taut::sops {
namespace {

constexpr std::string_view kDefaultSuffix = "_unencrypted";

struct Service {
  const char* field;
  const char* id;  // the field that names the key
  const char* service;
};
constexpr Service kServices[] = {
    {"kms", "arn", "AWS KMS"},          {"gcp_kms", "resource_id", "GCP KMS"},  {"azure_kv", "name", "Azure Key Vault"},
    {"hc_vault", "key_name", "HashiCorp Vault"}, {"hckms", "key_id", "Huawei Cloud KMS"},
};

void add_keys(const Value& group, std::vector<MasterKey>& out) {
  for (const Value& key : group["age"].items()) out.push_back({MasterKey::Kind::kAge, key["recipient"].str(), key["enc"].str(), ""});
  for (const Value& key : group["pgp"].items()) out.push_back({MasterKey::Kind::kPgp, key["fp"].str(), key["enc"].str(), ""});
  for (const Service& service : kServices)
    for (const Value& key : group[service.field].items())
      out.push_back({MasterKey::Kind::kElsewhere, key[service.id].str(), key["enc"].str(), service.service});
}

using Matches = std::function<bool(const std::string& key)>;

Result<Matches> matcher(std::string_view field, const std::string& rule) {
  if (field.ends_with("suffix")) return Matches([rule](const std::string& key) { return key.ends_with(rule); });
  // SOPS takes an expression that does not compile for one that matches nothing.
  auto compiled = compile_go_regexp(rule);
  if (!compiled) return Matches([](const std::string&) { return false; });
  return Matches([expression = *compiled](const std::string& key) { return RE2::PartialMatch(key, *expression); });
}

Status read_rule(const Value& sops, Metadata& out) {
  constexpr const char* kRules[] = {"unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex",
                                    "unencrypted_comment_regex", "encrypted_comment_regex"};
  std::string field = "unencrypted_suffix", rule(kDefaultSuffix);
  size_t count = 0;
  for (const char* name : kRules) {
    if (sops[name].empty()) continue;
    ++count;
    field = name;
    rule = sops[name].str();
  }
  if (count > 1)
    return fail(Code::kInvalid, "Cannot use more than one of encrypted_suffix, unencrypted_suffix, encrypted_regex, unencrypted_regex, "
                                "encrypted_comment_regex, or unencrypted_comment_regex in the same file");
  out.by_comment = field.ends_with("comment_regex");
  TAUT_ASSIGN(Matches matches, matcher(field, rule));
  bool when_matched = field.starts_with("encrypted");
  out.encrypted = [matches, when_matched](const std::vector<std::string>& path) {
    return std::ranges::any_of(path, matches) == when_matched;
  };
  return {};
}

// As mitchellh/go-wordwrap breaks lines.
std::string wrapped(std::string_view text, size_t width) {
  std::string out;
  size_t used = 0;
  for (std::string_view word : split(text, ' ')) {
    if (used != 0 && used + 1 + word.size() > width) {
      out += '\n';
      used = 0;
    } else if (used != 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += word.size();
  }
  return out;
}

std::string prefixed(std::string_view text, std::string_view prefix) { return std::string(prefix) + replace_all(text, "\n", "\n" + std::string(prefix)); }

Result<std::string> open_key(const MasterKey& key, const Keys& keys) {
  switch (key.kind) {
    case MasterKey::Kind::kAge: {
      if (keys.age.empty()) return fail(Code::kUnauthenticated, "failed to load age identities");
      auto out = decrypt_age(key.encrypted, keys.age);
      if (out) return out;
      return fail(Code::kUnauthenticated, "failed to create reader for decrypting sops data key with age: {}", out.error().message());
    }
    case MasterKey::Kind::kPgp: {
      auto out = keys.pgp.empty() ? fail(Code::kUnauthenticated, "failed to decrypt sops data key with pgp: no secret key") : decrypt_pgp(key.encrypted, keys.pgp);
      if (out) return out;
      return fail(Code::kUnauthenticated, "could not decrypt data key with PGP key: GnuPG binary error: {}", out.error().message());
    }
    case MasterKey::Kind::kElsewhere: break;
  }
  return fail(Code::kUnsupported, "the data key is held by {}, which taut does not ask", key.service);
}

}  // namespace

Status Keys::import(std::string_view name, const std::string& text) {
  if (name.ends_with(".agekey")) {
    TAUT_ASSIGN(auto read, read_age_identities(text));
    std::ranges::move(read, std::back_inserter(age));
  } else if (name.ends_with(".asc")) {
    TAUT_TRY(check_pgp_key(text));
    pgp.push_back(text);
  }
  return {};
}

Result<Metadata> read_metadata(const Value& sops) {
  if (!sops.is_map()) return fail(Code::kInvalid, "Found sops entry that is not a mapping");
  Metadata out;
  add_keys(sops, out.keys);
  const Value& groups = sops["key_groups"];
  if (out.keys.empty() && groups.size() > 1)
    return fail(Code::kUnsupported, "the data key is split among {} key groups (Shamir's secret sharing), which taut does not put together", groups.size());
  if (out.keys.empty()) add_keys(groups[0], out.keys);
  if (out.keys.empty()) return fail(Code::kInvalid, "No keys found in file");
  TAUT_TRY(read_rule(sops, out));
  out.mac = sops["mac"].str();
  out.last_modified = sops["lastmodified"].str();
  const Value& only = sops["mac_only_encrypted"];
  out.mac_only_encrypted = only.as_bool() || only.as_string() == "true";
  return out;
}

Result<std::string> data_key(const Metadata& metadata, const Keys& keys) {
  std::string attempts;
  for (auto kind : {MasterKey::Kind::kAge, MasterKey::Kind::kPgp, MasterKey::Kind::kElsewhere}) {
    for (const MasterKey& key : metadata.keys) {
      if (key.kind != kind) continue;
      auto out = open_key(key, keys);
      if (out) return out;
      std::string why = prefixed(wrapped(out.error().message(), 60), "  | ");
      why[0] = '-';
      if (!attempts.empty()) attempts += "\n\n";
      attempts += key.name + ": FAILED\n" + prefixed(why, "  ");
    }
  }
  return fail(Code::kUnauthenticated, "Failed to get the data key required to decrypt the SOPS file.\n\nGroup 0: FAILED\n{}\n\n{}",
              prefixed(attempts, "  "),
              wrapped("Recovery failed because no master key was able to decrypt the file. In order for SOPS to recover the file, at least "
                      "one key has to be successful, but none were.", 75));
}

}  // namespace taut::sops
