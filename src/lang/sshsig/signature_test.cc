#include "lang/sshsig/signature.hh"

#include <gtest/gtest.h>

#include "base/base64.hh"
#include "lang/sshsig/public_key.hh"

#include <vector>

#include "base/strings.hh"

namespace taut::sshsig {
namespace {

constexpr std::string_view kText = "tree 0\nauthor Ann\n\nfirst\n";

// Keys and signatures of kText as ssh-keygen 9 made them: ssh-keygen -Y sign -n git.
constexpr std::string_view kEd25519Key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH2v3HKbf9CXVS2Bh4rNA/r1GtO3QdgJO5dCUyWPYhOD ann@example.com\n";
constexpr std::string_view kEd25519 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgfa/ccpt/0JdVLYGHis0D+vUa07\n"
    "dB2Ak7l0JTJY9iE4MAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\n"
    "AAAAQLcqAb5OE9eB+T5zCZSSl+DRJYbAcj5GFMoggtLSiYZ7PJI1BDaxk/ufm/fz51/uhX\n"
    "YMzsSqbEJInXwXYk+JcgY=\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kP256Key =
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBGlzFFOCRTKnK9vhX5dMT+yMiDH4KdihxUH4fJSrhRuv3dZ5tJweLVvQy1uqBzwb7CkccziXstMT3YBE+IEFI1k= ann@example.com\n";
constexpr std::string_view kP256 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAAGgAAAATZWNkc2Etc2hhMi1uaXN0cDI1NgAAAAhuaXN0cDI1NgAAAE\n"
    "EEaXMUU4JFMqcr2+Ffl0xP7IyIMfgp2KHFQfh8lKuFG6/d1nm0nB4tW9DLW6oHPBvsKRxz\n"
    "OJey0xPdgET4gQUjWQAAAANnaXQAAAAAAAAABnNoYTUxMgAAAGMAAAATZWNkc2Etc2hhMi\n"
    "1uaXN0cDI1NgAAAEgAAAAgY/SzROqVyA5O2L58lF4lCPZaFOljwbBuv/7fRgjTeWUAAAAg\n"
    "LEb/Sq2MVfbiD61ITfHFelggcPUi9C+lMiBk+HZusFI=\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kP521Key =
    "ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAE7bbUylnUu8Tt0buNRFU5mHgPJxuOpxpijIQ7zOq/xEMLOshg9O4l6lPZJhVGccaIk1bB1wQggGCuzbs/oRMnpowBmUuxJbayUF27c04WUhmFAkILDMoO7i5v7rGEGD7V7SiscKzHSvBvC+GD+eI8IK/pycW9DYAuLVo0a2Gi4va5xEA== ann@example.com\n";
constexpr std::string_view kP521 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAAKwAAAATZWNkc2Etc2hhMi1uaXN0cDUyMQAAAAhuaXN0cDUyMQAAAI\n"
    "UEATtttTKWdS7xO3Ru41EVTmYeA8nG46nGmKMhDvM6r/EQws6yGD07iXqU9kmFUZxxoiTV\n"
    "sHXBCCAYK7Nuz+hEyemjAGZS7EltrJQXbtzThZSGYUCQgsMyg7uLm/usYQYPtXtKKxwrMd\n"
    "K8G8L4YP54jwgr+nJxb0NgC4tWjRrYaLi9rnEQAAAAA2dpdAAAAAAAAAAGc2hhNTEyAAAA\n"
    "pQAAABNlY2RzYS1zaGEyLW5pc3RwNTIxAAAAigAAAEEfFf6rsTLHu/zT6re+08UlvDXn6W\n"
    "WHbImZwqWFFb54icV/ENk3Ib9aE/qnUwOKC29JsuKHTtryeZP3iX6vpBl3UgAAAEEaajPJ\n"
    "uCIdR/S2IHC+h6LkIkfW0vxUu35mJl8zLIAthxDI8KLu/IOCQCCEayuzWpnHwgVHfuwonH\n"
    "HNxBphYR/LTw==\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kRsaKey =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCstNtOieAh1QU2hNgC/NGlEOTJFidh4q4E/6vbmyy5k3JhDftpuhECCmxJqMj+yzh/t5cDIGesJ35BXb7KvE2DQ9hJj1UrTVVvUV8DiQo1RnDrV54PvGwHvWQlvtrrO4GGwsqUL6caqTY+Rf9lTPyEROrZVEtaD/Jil8Yd0/ZlOVO/Q2QUJqadh1gTIO86KO9kKOcDp9cuEO3kzzw8/yJJzPxTaIolVeYKhX/vko/Cc6Z/DtegZQWUT7BDz7kICi6XT12Y6xpurctx+3n3ZyvaPz+poVqQ7X3FhNnynQln9LI1PHg6+1vw7wBJ/k1LkTDXvF+kTuE24P8n8Sj6pH3j ann@example.com\n";
constexpr std::string_view kRsa =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAARcAAAAHc3NoLXJzYQAAAAMBAAEAAAEBAKy0206J4CHVBTaE2AL80a\n"
    "UQ5MkWJ2HirgT/q9ubLLmTcmEN+2m6EQIKbEmoyP7LOH+3lwMgZ6wnfkFdvsq8TYND2EmP\n"
    "VStNVW9RXwOJCjVGcOtXng+8bAe9ZCW+2us7gYbCypQvpxqpNj5F/2VM/IRE6tlUS1oP8m\n"
    "KXxh3T9mU5U79DZBQmpp2HWBMg7zoo72Qo5wOn1y4Q7eTPPDz/IknM/FNoiiVV5gqFf++S\n"
    "j8Jzpn8O16BlBZRPsEPPuQgKLpdPXZjrGm6ty3H7efdnK9o/P6mhWpDtfcWE2fKdCWf0sj\n"
    "U8eDr7W/DvAEn+TUuRMNe8X6RO4Tbg/yfxKPqkfeMAAAADZ2l0AAAAAAAAAAZzaGE1MTIA\n"
    "AAEUAAAADHJzYS1zaGEyLTUxMgAAAQAjv8cQ/u/5JFMQ+qIkFOblHnyLTof9mew59cxY8d\n"
    "oy9IWoDE+7b/HI54rMboBcgDkyqhDQs+A8axKJEDbjhUQe0OhAfyp1SxFjr/7RFjcB6bNq\n"
    "6DPOsZfMAbLVJ8lQZ4JXOh/sQk/LKJeqCy17OMOXwiaLpkTsN0eQ9ATAp9FPzNOD20SYmE\n"
    "GV1CrIee+im27ONPVHWflYLZHhwNAf4fmFujseseK+BIniPwsyR+Qvzs+9hE8cRlfvrFN3\n"
    "G5aZ6bm3acdbOdto2fqVtC8GHK7xrTGpqEnYd92gcQX1dKe5OcKgEn8XxJuX/ODmg03r3I\n"
    "68uvjK9dqn5p+B+ZyOoh5g\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kSha256 =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgfa/ccpt/0JdVLYGHis0D+vUa07\n"
    "dB2Ak7l0JTJY9iE4MAAAADZ2l0AAAAAAAAAAZzaGEyNTYAAABTAAAAC3NzaC1lZDI1NTE5\n"
    "AAAAQPPWC86aY3R0DR+Vzt53zgrANNnxtoD6pfIASCnf8Dr2SBn+CeeFH6I1IcDqdSAWRa\n"
    "CC9d7LFZ6ZfNJvKO8S3gk=\n"
    "-----END SSH SIGNATURE-----\n";
constexpr std::string_view kOtherPurpose =
    "-----BEGIN SSH SIGNATURE-----\n"
    "U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgfa/ccpt/0JdVLYGHis0D+vUa07\n"
    "dB2Ak7l0JTJY9iE4MAAAAEZmlsZQAAAAAAAAAGc2hhNTEyAAAAUwAAAAtzc2gtZWQyNTUx\n"
    "OQAAAECReoV6tL6Z7XkO3RyEwVRSf14Rl9/YJV7CpRBysaLkVxYlKWZ31NYY4sD/RF9vXU\n"
    "urvGn7BdYhGCLL+tbs5fwP\n"
    "-----END SSH SIGNATURE-----\n";

std::string verified(std::vector<std::string> keys, std::string_view signature, std::string_view text = kText) {
  auto id = verify(keys, text, signature);
  return id ? *id : id.error().message();
}

TEST(SshSig, keys_of_every_kind_are_taken) {
  EXPECT_EQ(verified({std::string(kEd25519Key)}, kEd25519), "SHA256:Jm3RrfdeWIUx8qdDFNxKDRYlDpFS+6hs+u6NHJouKIg");
  EXPECT_EQ(verified({std::string(kEd25519Key)}, kSha256), "SHA256:Jm3RrfdeWIUx8qdDFNxKDRYlDpFS+6hs+u6NHJouKIg");
  EXPECT_EQ(verified({std::string(kP256Key)}, kP256), "SHA256:QoXharPSIXDpZeUdKliPY2BgHzjt3EG05s4A5kd0FsM");
  EXPECT_EQ(verified({std::string(kP521Key)}, kP521), "SHA256:aiT+65OgSIQ9X9MoKo/2XPvRsZ+wIHEbYOs3FrB2Q7M");
  EXPECT_EQ(verified({std::string(kRsaKey)}, kRsa), "SHA256:7/GWr5nadl3pMGq+h2EPKuv1johk+oLOcnsCpfzSMgk");
}

TEST(SshSig, a_key_is_looked_for_in_all_files) {
  std::string both = "# ours\n\n" + std::string(kP256Key) + "cert-authority " + std::string(kEd25519Key);
  EXPECT_EQ(verified({"nonsense", std::string(kRsaKey), both}, kEd25519), "SHA256:Jm3RrfdeWIUx8qdDFNxKDRYlDpFS+6hs+u6NHJouKIg");
}

// One of a security key: "sk-ssh-ed25519@openssh.com", 32 bytes, "ssh:".
TEST(SshSig, keys_that_sign_nothing_here_do_not_spoil_their_file) {
  const std::string other = wired("sk-ssh-ed25519@openssh.com") + wired(std::string(32, 'k')) + wired("ssh:");
  EXPECT_EQ(verified({fmt::format("sk-ssh-ed25519@openssh.com\t{}\tann\n{}", base64_encode(other), kEd25519Key)}, kEd25519), verified({std::string(kEd25519Key)}, kEd25519));
  EXPECT_NE(verified({"sk-ssh-ed25519@openssh.com " + base64_encode(other)}, kEd25519).find("public key does not match"), std::string::npos);
}

TEST(SshSig, nothing_else_is) {
  const std::string none = "unable to verify payload with any of the given authorized keys: no matching key";
  EXPECT_EQ(verified({std::string(kP256Key)}, kEd25519), none + "\npublic key does not match");
  for (std::string_view signature : {kEd25519, kP256, kP521, kRsa})
    EXPECT_EQ(verified({fmt::format("{}{}{}{}", kEd25519Key, kP256Key, kP521Key, kRsaKey)}, signature, "tree 1\n").find(none), 0U);
  EXPECT_EQ(verified({std::string(kEd25519Key)}, kOtherPurpose), none + "\nnamespace does not match");
  EXPECT_EQ(verified({std::string(kEd25519Key)}, kEd25519, "other"), none + "\nssh: signature did not verify");
  EXPECT_EQ(verified({}, kEd25519), none);
  EXPECT_EQ(verified({"nonsense"}, kEd25519), "unable to parse authorized keys: unable to parse authorized key: ssh: no key found");
  EXPECT_EQ(verified({}, "-----BEGIN SSH SIGNATURE-----\n"), "unable to unarmor SSH signature: invalid armor");
  EXPECT_EQ(verified({}, "-----BEGIN SSH SIGNATURE-----\neHl6\n-----END SSH SIGNATURE-----"), "unable to unarmor SSH signature: invalid format");
}

TEST(SshSig, a_signature_with_one_byte_changed_is_of_nobody) {
  const std::vector<std::string> keys = {std::string(kEd25519Key), std::string(kP256Key), std::string(kRsaKey)};
  for (std::string_view signature : {kEd25519, kP256, kRsa}) {
    size_t begin = signature.find('\n') + 1, end = signature.rfind('\n', signature.size() - 2);
    for (size_t i = begin; i + 4 < end; i += 7) {
      std::string changed(signature);
      if (changed[i] == '\n') continue;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      EXPECT_FALSE(verify(keys, kText, changed)) << i;
    }
  }
}

}  // namespace
}  // namespace taut::sshsig
