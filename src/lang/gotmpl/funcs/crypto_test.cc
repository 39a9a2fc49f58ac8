#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <regex>

#include "lang/gotmpl/funcs/testing.hh"

namespace taut::gotmpl {
namespace {

using testing::environment;
using testing::fault;
using testing::render;

bool matches(const std::string& text, const std::string& pattern) { return std::regex_match(text, std::regex(pattern)); }

TEST(Random, texts_are_of_their_characters) {
  EXPECT_TRUE(matches(render("{{ randAlphaNum 30 }}"), "(?=.*[0-9])[A-Za-z0-9]{30}"));
  EXPECT_TRUE(matches(render("{{ randAlpha 20 }}"), "[A-Za-z]{20}"));
  EXPECT_TRUE(matches(render("{{ randNumeric 20 }}"), "[0-9]{20}"));
  EXPECT_TRUE(matches(render("{{ uuidv4 }}"), "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(render("{{ randAlphaNum -1 }}{{ randBytes 3 | b64dec | len }} {{ randInt 5 6 }}"), "3 5");
  EXPECT_EQ(fault("{{ randInt 5 5 }}"), "invalid argument to Intn");
}

TEST(Random, comes_from_the_environment) {
  Environment fixed = environment();
  fixed.random = [](std::span<uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), uint8_t{0}); };
  EXPECT_EQ(render("{{ randAlpha 4 }} {{ randAlphaNum 3 }} {{ shuffle \"abc\" }}", fixed), "AAAA 0AA bca");
  fixed.random = nullptr;
  EXPECT_NE(render("{{ randAlpha 4 }}", fixed).find("no random numbers"), std::string::npos);
}

TEST(Passwords, bcrypt) {
  EXPECT_TRUE(matches(render("{{ htpasswd \"u\" \"secret\" }}"), R"(u:\$2a\$10\$[./A-Za-z0-9]{53})"));
  EXPECT_EQ(render("{{ htpasswd \"u:\" \"secret\" }}"), "invalid username: u:");
  EXPECT_EQ(render("{{ bcrypt (repeat 73 \"x\") }}"), "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes");
}

TEST(Passwords, derived_as_by_sprig) {
  EXPECT_EQ(render("{{ derivePassword 1 \"long\" \"password\" \"user\" \"example.com\" }}"), "ZedaFaxcZaso9*");
  EXPECT_EQ(render("{{ derivePassword 1 \"odd\" \"p\" \"u\" \"s\" }}"), "cannot find password template odd");
}

TEST(Passwords, aes) {
  EXPECT_EQ(render("{{ encryptAES \"key\" \"plain text\" | decryptAES \"key\" }}"), "plain text");
  EXPECT_EQ(render("{{ decryptAES \"secretkey\" \"30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=\" }}"), "plaintext");
  EXPECT_EQ(fault("{{ decryptAES \"key\" \"!\" }}"), "illegal base64 data at input byte 0");
  EXPECT_EQ(fault("{{ decryptAES \"key\" \"YWJj\" }}"), "runtime error: slice bounds out of range [:16] with capacity 3");
}

std::string head(const std::string& pem) { return pem.substr(0, pem.find('\n')); }

TEST(Keys, in_the_forms_of_go) {
  EXPECT_EQ(head(render("{{ genPrivateKey \"ecdsa\" }}")), "-----BEGIN EC PRIVATE KEY-----");
  EXPECT_EQ(head(render("{{ genPrivateKey \"ed25519\" }}")), "-----BEGIN PRIVATE KEY-----");
  EXPECT_EQ(render("{{ genPrivateKey \"odd\" }}"), "Unknown type odd");
}

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
Certificate parse(const std::string& pem) {
  BIO* in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  Certificate out(PEM_read_bio_X509(in, nullptr, nullptr, nullptr), X509_free);
  BIO_free(in);
  return out;
}

TEST(Certificates, a_signed_one_is_verified_by_its_authority) {
  std::string both = render(
      "{{ $key := genPrivateKey \"ecdsa\" }}{{ $ca := genCAWithKey \"my-ca\" 365 $key }}"
      "{{ $c := genSignedCertWithKey \"svc\" (list \"10.0.0.1\" \"::1\") (list \"a.example\" \"*.b\") 30 $ca $key }}"
      "{{ $ca.Cert }}|{{ $c.Cert }}|{{ $c.Key }}");
  size_t first = both.find('|'), second = both.find('|', first + 1);
  Certificate authority = parse(both.substr(0, first)), signed_by = parse(both.substr(first + 1, second - first - 1));
  ASSERT_TRUE(authority && signed_by) << both;
  EXPECT_EQ(head(both.substr(second + 1)), "-----BEGIN EC PRIVATE KEY-----");
  EXPECT_EQ(X509_verify(signed_by.get(), X509_get0_pubkey(authority.get())), 1);
  EXPECT_EQ(X509_check_issued(authority.get(), signed_by.get()), X509_V_OK);
  EXPECT_EQ(X509_check_ca(authority.get()), 1);
  EXPECT_EQ(X509_check_ca(signed_by.get()), 0);
  EXPECT_EQ(X509_check_host(signed_by.get(), "a.example", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(signed_by.get(), "other.example", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(signed_by.get(), "10.0.0.1", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(signed_by.get(), "::1", 0), 1);
  int days = 0, seconds = 0;
  ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(signed_by.get()), X509_get0_notAfter(signed_by.get()));
  EXPECT_EQ(days, 30);
}

TEST(Certificates, faults) {
  EXPECT_EQ(fault("{{ genSelfSignedCertWithKey \"a\" (list \"300.1.1.1\") nil 1 (genPrivateKey \"ecdsa\") }}"),
            "error parsing ip: 300.1.1.1");
  EXPECT_EQ(fault("{{ genSelfSignedCertWithKey \"a\" nil (list 1) 1 (genPrivateKey \"ecdsa\") }}"),
            "error processing alternate dns name: 1 is not a string");
  EXPECT_EQ(fault("{{ genCAWithKey \"a\" 1 \"no key\" }}"), "parsing private key: no PEM data in input");
  EXPECT_EQ(fault("{{ buildCustomCert \"!\" \"\" }}"), "unable to decode base64 certificate");
  EXPECT_EQ(fault("{{ buildCustomCert (b64enc \"x\") \"\" }}"), "unable to decode certificate");
  EXPECT_NE(render("{{ genSignedCert \"a\" nil nil 1 \"ca\" }}").find("sprig.certificate"), std::string::npos);
}

TEST(Certificates, custom_ones_are_kept_as_they_are) {
  EXPECT_EQ(render("{{ $c := genCAWithKey \"a\" 1 (genPrivateKey \"ed25519\") }}"
                   "{{ $d := buildCustomCert (b64enc $c.Cert) (b64enc $c.Key) }}{{ eq $c.Cert $d.Cert }} {{ typeOf $d }}"),
            "true sprig.certificate");
}

}  // namespace
}  // namespace taut::gotmpl
