// Who signs in tests. Only tests include this.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "lang/openpgp/rnp.hh"

namespace taut::openpgp {

// Somebody with a fresh key.
struct Author {
  explicit Author(const char* identity) : ring(make_ring()) {
    rnp_key_handle_t handle = nullptr;
    EXPECT_EQ(rnp_generate_key_25519(ring.get(), identity, nullptr, &handle), RNP_SUCCESS);
    key = Key(handle);
  }
  std::string public_key() const {
    Output out = make_output(1 << 20);
    EXPECT_EQ(rnp_key_export(key.get(), out.get(), RNP_KEY_EXPORT_ARMORED | RNP_KEY_EXPORT_PUBLIC | RNP_KEY_EXPORT_SUBKEYS), RNP_SUCCESS);
    return bytes_of(out);
  }
  std::string id() const {
    char* text = nullptr;
    EXPECT_EQ(rnp_key_get_keyid(key.get(), &text), RNP_SUCCESS);
    return Text(text).get();
  }
  std::string sign(const std::string& text) const {
    Input input = input_of(text);
    Output out = make_output(1 << 20);
    rnp_op_sign_t raw = nullptr;
    EXPECT_EQ(rnp_op_sign_detached_create(&raw, ring.get(), input.get(), out.get()), RNP_SUCCESS);
    Sign sign(raw);
    rnp_op_sign_set_armor(raw, true);
    EXPECT_EQ(rnp_op_sign_add_signature(raw, key.get(), nullptr), RNP_SUCCESS);
    EXPECT_EQ(rnp_op_sign_execute(raw), RNP_SUCCESS);
    return bytes_of(out);
  }
  Ring ring;
  Key key;
};

}  // namespace taut::openpgp
