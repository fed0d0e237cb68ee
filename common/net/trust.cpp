#include "common/net/trust.hpp"

#include <cstdlib>

#include <openssl/x509.h>

namespace net {

namespace {
bool is_set(const char* variable) {
  return std::getenv(variable) != nullptr;  // NOLINT(concurrency-mt-unsafe): before any thread
}
}  // namespace

bool is_hashed(const std::filesystem::path& folder) {
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable))
    if (entry.path().extension() == ".0") return true;
  return false;
}

std::string hashed_certificates() {
  const std::string folder = X509_get_default_cert_dir();
  const bool elsewhere = is_set(X509_get_default_cert_file_env()) || is_set(X509_get_default_cert_dir_env());
  return !elsewhere && is_hashed(folder) ? folder : std::string{};
}

}  // namespace net
