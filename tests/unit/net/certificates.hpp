// Certificates made while the test runs: nothing to renew, nothing to keep secret.
#pragma once
#include <memory>
#include <string>

namespace test {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

/// What may be wrong with a certificate.
enum class Flaw { none, expired, self_signed };

class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  Authority(Authority&&) = delete;
  Authority& operator=(Authority&&) = delete;

  /// `name` as in a subjectAltName: "DNS:localhost", "IP:127.0.0.1"
  [[nodiscard]] Certificate issue(const std::string& name, Flaw flaw = Flaw::none) const;
  [[nodiscard]] std::string pem() const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
};

}  // namespace test
