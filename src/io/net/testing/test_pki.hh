// Certificates made in memory for tests: an authority, a server for "127.0.0.1" and "taut.test", a client.
#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string>

namespace taut::net {

class TestPki {
 public:
  // `client_required`: the server asks for a certificate of this authority and refuses others.
  explicit TestPki(bool client_required = false) {
    EVP_PKEY* ca_key = EVP_EC_gen("P-256");
    static int number = 0;
    X509* authority = make("taut test authority " + std::to_string(++number), ca_key, nullptr, ca_key, "");
    EVP_PKEY* server_key = EVP_EC_gen("P-256");
    X509* server = make("server", server_key, authority, ca_key, "IP:127.0.0.1,DNS:taut.test");
    EVP_PKEY* client_key = EVP_EC_gen("P-256");
    X509* client = make("alice", client_key, authority, ca_key, "");
    ca = text(authority);
    client_certificate = text(client);
    client_private_key = text(client_key);
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, server);
    SSL_CTX_use_PrivateKey(context_, server_key);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), authority);
    if (client_required) SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    for (X509* certificate : {authority, server, client}) X509_free(certificate);
    for (EVP_PKEY* key : {ca_key, server_key, client_key}) EVP_PKEY_free(key);
  }
  ~TestPki() { SSL_CTX_free(context_); }
  TestPki(const TestPki&) = delete;
  TestPki& operator=(const TestPki&) = delete;

  std::string ca, client_certificate, client_private_key;  // PEM

  // The server's side of a handshake; nullptr when it fails.
  SSL* accept(int socket) const {
    SSL* ssl = SSL_new(context_);
    SSL_set_fd(ssl, socket);
    if (SSL_accept(ssl) == 1) return ssl;
    SSL_free(ssl);
    ERR_clear_error();
    return nullptr;
  }

  static std::string peer_name(SSL* ssl) {
    X509* peer = SSL_get1_peer_certificate(ssl);
    if (peer == nullptr) return "";
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, sizeof name);
    X509_free(peer);
    return name;
  }

 private:
  static X509* make(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                    const std::string& names) {
    X509* out = X509_new();
    X509_set_version(out, 2);
    static long serial = 0;
    ASN1_INTEGER_set(X509_get_serialNumber(out), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(out), -60);
    X509_gmtime_adj(X509_getm_notAfter(out), 3600);
    X509_set_pubkey(out, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(out), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(out, X509_get_subject_name(issuer ? issuer : out));
    if (!issuer) extend(out, NID_basic_constraints, "critical,CA:TRUE");
    if (!names.empty()) extend(out, NID_subject_alt_name, names);
    X509_sign(out, issuer_key, EVP_sha256());
    return out;
  }

  static void extend(X509* certificate, int id, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static std::string drain(BIO* memory) {
    char* data = nullptr;
    long size = BIO_get_mem_data(memory, &data);
    std::string out(data, static_cast<size_t>(size));
    BIO_free(memory);
    return out;
  }
  static std::string text(X509* certificate) {
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, certificate);
    return drain(memory);
  }
  static std::string text(EVP_PKEY* key) {
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
    return drain(memory);
  }

  SSL_CTX* context_;
};

}  // namespace taut::net
