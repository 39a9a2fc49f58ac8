#include "lang/openpgp/clearsign.hh"

#include <gtest/gtest.h>

#include "base/strings.hh"
#include "lang/openpgp/rnp.hh"

namespace taut::openpgp {
namespace {

// A key ring with a fresh key for each identity.
std::string make_keys(std::initializer_list<const char*> identities, uint32_t what = RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS,
                      const char* passphrase = nullptr) {
  Ring ring = make_ring();
  for (const char* identity : identities) {
    rnp_key_handle_t key = nullptr;
    EXPECT_EQ(rnp_generate_key_25519(ring.get(), identity, passphrase, &key), RNP_SUCCESS);
    const Key kept(key);
  }
  Output out = make_output(1 << 20);
  EXPECT_EQ(rnp_save_keys(ring.get(), "GPG", out.get(), what), RNP_SUCCESS);
  return bytes_of(out);
}

Result<std::string> no_passphrase(const std::string&) { return fail(Code::kInvalid, "none asked for"); }

constexpr char kText[] = "name: web\n- item\n\n...\nfiles:\n  web.tgz: sha256:0\n";

TEST(ClearSign, what_is_signed_verifies) {
  const std::string keys = make_keys({"Ann (first) <ann@example.com>", "Bob <bob@example.com>"});
  auto document = clearsign(keys, "bob", kText, no_passphrase);
  ASSERT_TRUE(document) << document.error().message();
  EXPECT_TRUE(document->starts_with("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nname: web\n- - item\n"));
  EXPECT_EQ(signed_text(*document).value(), kText);
  auto signer = verify_clearsigned(keys, *document);
  ASSERT_TRUE(signer) << signer.error().message();
  EXPECT_EQ(signer->signer.identities, std::vector<std::string>{"Bob <bob@example.com>"});
  EXPECT_EQ(signer->signer.fingerprint.size(), 40U);
  EXPECT_EQ(trim(signer->text), trim(kText));
}

TEST(ClearSign, only_what_a_signature_is_good_for_is_given) {
  const std::string keys = make_keys({"Ann <ann@example.com>"});
  const std::string document = clearsign(keys, "Ann", kText, no_passphrase).value();
  const std::string evil = replace_all(document, "sha256:0", "sha256:evil");
  for (const std::string& several : {document + "\n" + evil, "\n" + evil + "\n" + document}) {
    auto checked = verify_clearsigned(keys, several);
    if (checked) EXPECT_EQ(trim(checked->text), trim(kText)) << several;
  }
}

TEST(ClearSign, changed_texts_and_strange_keys_are_refused) {
  const std::string keys = make_keys({"Ann <ann@example.com>"});
  const std::string document = clearsign(keys, "Ann", kText, no_passphrase).value();
  EXPECT_EQ(verify_clearsigned(keys, replace_all(document, "web", "wob")).error().message(), "openpgp: invalid signature: EdDSA verification failure");
  EXPECT_EQ(verify_clearsigned(make_keys({"Ann <ann@example.com>"}), document).error().message(), "openpgp: signature made by unknown entity");
  EXPECT_EQ(verify_clearsigned("", document).error().message(), "openpgp: signature made by unknown entity");
  EXPECT_EQ(verify_clearsigned("-----BEGIN", document).error().message(), "openpgp: invalid data: tag byte does not have MSB set");
  EXPECT_EQ(signed_text("hello").error().message(), "signature block not found");
  EXPECT_EQ(signed_text(document.substr(0, document.find("-----BEGIN PGP SIGNATURE"))).error().message(), "signature block not found");
}

TEST(ClearSign, keys_are_found_by_their_identities) {
  const std::string keys = make_keys({"Ann <ann@example.com>", "Anna <anna@example.com>"});
  auto refusal = [&](std::string_view id) { return clearsign(keys, id, kText, no_passphrase).error().message(); };
  EXPECT_EQ(refusal("Ann"), "more than one key contain the id \"Ann\"");
  EXPECT_EQ(refusal("Zoe"), "private key not found");
  EXPECT_TRUE(clearsign(keys, "Ann <ann@example.com>", kText, no_passphrase));
  const std::string open_keys = make_keys({"Ann <ann@example.com>"}, RNP_LOAD_SAVE_PUBLIC_KEYS);
  EXPECT_EQ(clearsign(open_keys, "Ann", kText, no_passphrase).error().message(),
            "provided key is not a private key. Try providing a keyring with secret keys");
}

TEST(ClearSign, guarded_keys_ask_for_their_passphrase) {
  const std::string keys = make_keys({"Ann <ann@example.com>"}, RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS, "secret");
  std::string asked;
  auto answer = [&](const char* text) {
    return [&asked, text](const std::string& identity) -> Result<std::string> {
      asked = identity;
      return std::string(text);
    };
  };
  EXPECT_TRUE(clearsign(keys, "Ann", kText, answer("secret")));
  EXPECT_EQ(asked, "Ann <ann@example.com>");
  EXPECT_EQ(clearsign(keys, "Ann", kText, answer("wrong")).error().message(), "openpgp: invalid data: private key checksum failure");
}

}  // namespace
}  // namespace taut::openpgp
