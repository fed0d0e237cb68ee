#include "tests/unit/net/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace test {

namespace {

template <class T, void (*release)(T*)>
struct Releaser {
  void operator()(T* what) const { release(what); }
};
using Key = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY, EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Releaser<X509, X509_free>>;

constexpr long day = 24L * 3600L;

void extend(X509* cert, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
}

Cert new_certificate(EVP_PKEY* key, const std::string& common_name, long serial, bool expired) {
  Cert cert(X509_new());
  X509_set_version(cert.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3 * day);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), expired ? -day : day);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(common_name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert.get()), "CN", MBSTRING_UTF8, bytes, -1, -1, 0);
  X509_set_pubkey(cert.get(), key);
  return cert;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return out;
}

std::string to_pem(X509* cert) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, cert);
  return text_of(bio);
}

std::string to_pem(EVP_PKEY* key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio);
}

}  // namespace

struct Authority::Keys {
  Key key{EVP_EC_gen("P-256")};
  Cert cert{new_certificate(key.get(), "Perpwatch test authority", 1, false)};
};

Authority::Authority() : keys_(std::make_unique<Keys>()) {
  auto* const cert = keys_->cert.get();
  X509_set_issuer_name(cert, X509_get_subject_name(cert));
  extend(cert, cert, NID_basic_constraints, "critical,CA:TRUE");
  extend(cert, cert, NID_key_usage, "critical,keyCertSign");
  X509_sign(cert, keys_->key.get(), EVP_sha256());
}

Authority::~Authority() = default;

Certificate Authority::issue(const std::string& name, Flaw flaw) const {
  const Key key(EVP_EC_gen("P-256"));
  const auto cert = new_certificate(key.get(), "test server", 2, flaw == Flaw::expired);
  const bool own = flaw == Flaw::self_signed;
  X509* const issuer = own ? cert.get() : keys_->cert.get();
  X509_set_issuer_name(cert.get(), X509_get_subject_name(issuer));
  extend(cert.get(), issuer, NID_subject_alt_name, name);
  X509_sign(cert.get(), own ? key.get() : keys_->key.get(), EVP_sha256());
  Certificate out;
  out.certificate_pem = to_pem(cert.get());
  out.key_pem = to_pem(key.get());
  return out;
}

std::string Authority::pem() const { return to_pem(keys_->cert.get()); }

}  // namespace test
