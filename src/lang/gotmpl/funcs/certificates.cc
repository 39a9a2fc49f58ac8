// sprig crypto.go: keys and certificates. Keys come from OpenSSL's own random numbers, serial numbers from the render's.
#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "base/base64.hh"
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/private_key.hh"
#include "lang/gotmpl/funcs/random.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/print.hh"

namespace taut::gotmpl::funcs {

namespace {

using Certificate = std::unique_ptr<X509, Free<X509_free>>;

constexpr int kRsaBits = 2048;
constexpr std::string_view kFields[] = {"Cert", "Key"};
constexpr Type kCertificate{.kind = Kind::kStruct, .name = "sprig.certificate", .fields = kFields};

Value certificate_value(Heap& heap, std::string_view certificate, std::string_view key) {
  return Value(&heap.object(kCertificate, {heap.text(certificate), heap.text(key)}));
}

// What is wanted of a certificate.
struct Wanted {
  std::string_view name;
  std::vector<std::string> hosts;      // DNS names
  std::vector<std::string> addresses;  // 4 or 16 bytes each
  int64_t days = 0;
  bool authority = false;
};

Result<std::string> parse_address(std::string_view text) {
  std::string terminated(text), out(16, '\0');
  if (inet_pton(AF_INET6, terminated.c_str(), out.data()) == 1) return out;
  if (inet_pton(AF_INET, terminated.c_str(), out.data()) == 1) return out.substr(0, 4);
  return fail(Code::kInvalid, "error parsing ip: {}", text);
}

Status add_addresses(const List& list, Wanted& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    Value item = list.at(i);
    if (!item.is_string()) return fail(Code::kInvalid, "error parsing ip: {} is not a string", to_text(item));
    TAUT_ASSIGN(std::string address, parse_address(item.as_text()));
    out.addresses.push_back(std::move(address));
  }
  return {};
}

Status add_hosts(const List& list, Wanted& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    Value item = list.at(i);
    if (!item.is_string())
      return fail(Code::kInvalid, "error processing alternate dns name: {} is not a string", to_text(item));
    out.hosts.emplace_back(item.as_text());
  }
  return {};
}

// Of genSelfSignedCert and genSignedCert: NAME IPS HOSTS DAYS ...
Result<Wanted> wanted_by(Call& call) {
  Wanted out{.name = call.text(0), .days = call.integer(3)};
  TAUT_TRY(add_addresses(call[1].list(), out));
  TAUT_TRY(add_hosts(call[2].list(), out));
  return out;
}

// Go marshals a string as PrintableString where it can.
bool is_printable_string(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
  });
}

void set_name(X509* certificate, std::string_view name) {
  if (name.empty()) return;
  int type = is_printable_string(name) ? V_ASN1_PRINTABLESTRING : V_ASN1_UTF8STRING;
  X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, type,
                             reinterpret_cast<const unsigned char*>(name.data()), static_cast<int>(name.size()), -1, 0);
}

Status set_serial(Call& call, X509* certificate) {
  std::array<uint8_t, 16> bytes;
  TAUT_TRY(fill_random(call, bytes));
  std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
  return {};
}

void set_validity(Call& call, int64_t days, X509* certificate) {
  const auto& clock = call.run.environment().now;
  Time now = clock ? clock() : Time();
  // Go's multiplication of a duration wraps around.
  constexpr uint64_t kDay = 86'400ull * 1'000'000'000;
  Duration length(static_cast<int64_t>(static_cast<uint64_t>(days) * kDay));
  auto seconds = [](Time time) {
    return static_cast<time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  };
  ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(now));
  ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(now + length));
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  if (extension) X509_add_ext(certificate, extension.get(), -1);
}

// The names and addresses as they are, whatever characters they have.
void add_alternative_names(const Wanted& wanted, X509* certificate) {
  if (wanted.hosts.empty() && wanted.addresses.empty()) return;
  std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>> names(GENERAL_NAMES_new());
  auto add = [&](int kind, ASN1_STRING* text, std::string_view bytes) {
    ASN1_STRING_set(text, bytes.data(), static_cast<int>(bytes.size()));
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, kind, text);
    sk_GENERAL_NAME_push(names.get(), name);
  };
  for (const std::string& host : wanted.hosts) add(GEN_DNS, ASN1_IA5STRING_new(), host);
  for (const std::string& address : wanted.addresses) add(GEN_IPADD, ASN1_OCTET_STRING_new(), address);
  X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), wanted.name.empty() ? 1 : 0, 0);
}

// SHA-256 of the public key, cut to 20 bytes, as Go 1.25 has it.
void add_subject_key_id(EVP_PKEY* key, X509* certificate) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  X509_set_pubkey(certificate, key);
  const ASN1_BIT_STRING* bits = X509_get0_pubkey_bitstr(certificate);
  EVP_Digest(bits->data, static_cast<size_t>(bits->length), hash, &size, EVP_sha256(), nullptr);
  std::unique_ptr<ASN1_OCTET_STRING, Free<ASN1_OCTET_STRING_free>> id(ASN1_OCTET_STRING_new());
  ASN1_OCTET_STRING_set(id.get(), hash, 20);
  X509_add1_ext_i2d(certificate, NID_subject_key_identifier, id.get(), 0, 0);
}

void add_authority_key_id(X509* parent, X509* certificate) {
  const ASN1_OCTET_STRING* parent_id = X509_get0_subject_key_id(parent);
  bool own = X509_NAME_cmp(X509_get_subject_name(parent), X509_get_subject_name(certificate)) == 0;
  if (parent_id == nullptr || own) return;
  std::unique_ptr<AUTHORITY_KEYID, Free<AUTHORITY_KEYID_free>> id(AUTHORITY_KEYID_new());
  id->keyid = ASN1_OCTET_STRING_dup(parent_id);
  X509_add1_ext_i2d(certificate, NID_authority_key_identifier, id.get(), 0, 0);
}

Result<std::string> certificate_pem(X509* certificate) {
  std::unique_ptr<BIO, Free<BIO_free>> out(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(out.get(), certificate) != 1)
    return fail(Code::kInternal, "error pem-encoding certificate: {}", openssl_fault());
  char* data = nullptr;
  long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

// Signs with the key of the parent, or with its own if there is none.
Result<Value> make_certificate(Call& call, const Wanted& wanted, EVP_PKEY* key, X509* parent, EVP_PKEY* parent_key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  TAUT_TRY(set_serial(call, certificate.get()));
  set_validity(call, wanted.days, certificate.get());
  set_name(certificate.get(), wanted.name);
  X509* issuer = parent ? parent : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  X509_set_pubkey(certificate.get(), key);
  std::string usage = "critical,digitalSignature,keyEncipherment";
  add_extension(certificate.get(), NID_key_usage, wanted.authority ? usage + ",keyCertSign" : usage);
  add_extension(certificate.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  add_extension(certificate.get(), NID_basic_constraints, wanted.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (wanted.authority) add_subject_key_id(key, certificate.get());
  if (parent) add_authority_key_id(parent, certificate.get());
  add_alternative_names(wanted, certificate.get());
  EVP_PKEY* signer = parent ? parent_key : key;
  const EVP_MD* method = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  if (X509_sign(certificate.get(), signer, method) == 0)
    return fail(Code::kInvalid, "error creating certificate: {}", openssl_fault());
  TAUT_ASSIGN(std::string certificate_text, certificate_pem(certificate.get()));
  TAUT_ASSIGN(std::string key_text, private_key_pem(key));
  return certificate_value(call.heap, certificate_text, key_text);
}

// Fifty keys of the usual kind are as much as a render may make.
constexpr uint64_t kWorkOfKey = 40'000'000, kWorkOfLargeKey = 100'000'000;

// A fresh key, or that of a PEM text.
Result<PrivateKey> own_key(Call& call) {
  call.heap.work(kWorkOfKey);
  return generate_rsa(kRsaBits);
}
Result<PrivateKey> given_key(std::string_view pem) {
  auto key = parse_private_key(pem);
  if (!key) return fail(Code::kInvalid, "parsing private key: {}", key.error().message());
  return key;
}

Result<Value> make_authority(Call& call, Result<PrivateKey> key) {
  if (!key) return Failure(key.error());
  Wanted wanted{.name = call.text(0), .days = call.integer(1), .authority = true};
  return make_certificate(call, wanted, key->get(), nullptr, nullptr);
}

Result<Value> make_self_signed(Call& call, Result<PrivateKey> key) {
  if (!key) return Failure(key.error());
  TAUT_ASSIGN(Wanted wanted, wanted_by(call));
  return make_certificate(call, wanted, key->get(), nullptr, nullptr);
}

// `shown` is the variable that Go's message names.
Result<Certificate> parse_certificate(std::string_view pem, std::string_view shown) {
  auto block = decode_pem(pem);
  if (!block) return fail(Code::kInvalid, "unable to decode certificate");
  const auto* data = reinterpret_cast<const unsigned char*>(block->bytes.data());
  Certificate out(d2i_X509(nullptr, &data, static_cast<long>(block->bytes.size())));
  if (!out) return fail(Code::kInvalid, "error parsing certificate: {}.Bytes: {}", shown, openssl_fault());
  return out;
}

Result<Value> make_signed(Call& call, Result<PrivateKey> key) {
  if (!key) return Failure(key.error());
  const Struct& authority = call[4].object();
  TAUT_ASSIGN(Certificate parent, parse_certificate(authority.get("Cert").text_or_empty(), "decodedSignerCert"));
  auto parent_key = parse_private_key(authority.get("Key").text_or_empty());
  if (!parent_key) return fail(Code::kInvalid, "error parsing private key: {}", parent_key.error().message());
  TAUT_ASSIGN(Wanted wanted, wanted_by(call));
  if (X509_check_private_key(parent.get(), parent_key->get()) != 1) {
    openssl_fault();
    return fail(Code::kInvalid, "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  return make_certificate(call, wanted, key->get(), parent.get(), parent_key->get());
}

}  // namespace

Result<Value> gen_private_key(Call& call) {
  const bool small = call.text(0) == "ecdsa" || call.text(0) == "ed25519";
  call.heap.work(small ? kWorkOfKey : kWorkOfLargeKey);
  auto key = generate_key(call.text(0));
  if (!key) return call.heap.text(key.error().message());
  TAUT_ASSIGN(std::string out, private_key_pem(key->get()));
  return call.heap.text(out);
}

Result<Value> gen_ca(Call& call) { return make_authority(call, own_key(call)); }
Result<Value> gen_ca_with_key(Call& call) { return make_authority(call, given_key(call.text(2))); }
Result<Value> gen_self_signed_cert(Call& call) { return make_self_signed(call, own_key(call)); }
Result<Value> gen_self_signed_cert_with_key(Call& call) { return make_self_signed(call, given_key(call.text(4))); }
Result<Value> gen_signed_cert(Call& call) { return make_signed(call, own_key(call)); }
Result<Value> gen_signed_cert_with_key(Call& call) { return make_signed(call, given_key(call.text(5))); }

Result<Value> build_custom_cert(Call& call) {
  auto certificate = base64_decode(call.text(0));
  if (!certificate) return go_failure("unable to decode base64 certificate");
  auto key = base64_decode(call.text(1));
  if (!key) return go_failure("unable to decode base64 private key");
  TAUT_TRY(parse_certificate(*certificate, "decodedCert"));
  if (auto parsed = parse_private_key(*key); !parsed)
    return fail(Code::kInvalid, "error parsing private key: {}", parsed.error().message());
  return certificate_value(call.heap, *certificate, *key);
}

}  // namespace taut::gotmpl::funcs
