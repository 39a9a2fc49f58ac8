#include "lang/openpgp/detached.hh"

#include <gtest/gtest.h>

#include "base/strings.hh"
#include "lang/openpgp/testing.hh"

namespace taut::openpgp {
namespace {

TEST(Detached, a_signature_names_its_key) {
  Author ann("Ann <ann@example.com>"), bob("Bob <bob@example.com>");
  const std::string text = "tree 0\nauthor Ann\n\nfirst\n", signature = ann.sign(text);
  ASSERT_TRUE(signature.starts_with("-----BEGIN PGP SIGNATURE-----"));
  auto id = verify_detached(ann.public_key(), text, signature);
  ASSERT_TRUE(id) << id.error().message();
  EXPECT_EQ(*id, ann.id());
  EXPECT_EQ(id->size(), 16U);
  EXPECT_EQ(verify_detached(bob.public_key(), text, signature).error().message(), "no matching key");
}

TEST(Detached, what_was_changed_is_refused) {
  Author ann("Ann <ann@example.com>");
  const std::string text = "tree 0\n", signature = ann.sign(text);
  EXPECT_EQ(verify_detached(ann.public_key(), "tree 1\n", signature).error().message(), "no matching key");
  EXPECT_FALSE(verify_detached(ann.public_key(), text, "-----BEGIN PGP SIGNATURE-----\n\nbm8=\n-----END PGP SIGNATURE-----\n"));
  EXPECT_FALSE(verify_detached(ann.public_key(), text, ""));
  EXPECT_TRUE(contains(verify_detached("ssh-ed25519 AAAA", text, signature).error().message(), "unable to read armored key ring"));
}

}  // namespace
}  // namespace taut::openpgp
