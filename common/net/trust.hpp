// Which certificates are trusted when nobody says it.
#pragma once
#include <filesystem>
#include <string>

namespace net {

/// The system's directory of certificates named by their hashes, of which only those that are needed are read: the
/// bundle beside it takes 22 ms to parse and memory that stays. Empty: there is none, or the environment
/// (SSL_CERT_FILE, SSL_CERT_DIR) names another place; the libraries' own defaults serve then.
[[nodiscard]] std::string hashed_certificates();
/// Does it hold links as update-ca-certificates makes them?
[[nodiscard]] bool is_hashed(const std::filesystem::path& folder);

}  // namespace net
