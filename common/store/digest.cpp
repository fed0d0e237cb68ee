#include "common/store/digest.hpp"

namespace store {

base::Result<void> Digest::add(const DigestItem& item) {
  auto added =
      database_.change("INSERT INTO digest_item (digest, key, signal_id, html, added_ms) VALUES (?, ?, ?, ?, ?)",
                       {item.digest, item.key, item.signal_id, item.html, item.added});
  if (!added) return added.error();
  return {};
}

base::Result<bool> Digest::reword(std::int64_t signal_id, std::string_view html) {
  auto changed = database_.change("UPDATE digest_item SET html = ?2 WHERE signal_id = ?1", {signal_id, html});
  if (!changed) return changed.error();
  return *changed > 0;
}

base::Result<void> Digest::take_out(std::int64_t signal_id) {
  auto done = database_.change("DELETE FROM digest_item WHERE signal_id = ?", {signal_id});
  if (!done) return done.error();
  return {};
}

base::Result<std::vector<DigestItem>> Digest::items(std::string_view digest) {
  std::vector<DigestItem> out;
  auto done = database_.query(
      "SELECT id, digest, key, signal_id, html, added_ms FROM digest_item WHERE digest = ? ORDER BY id", {digest},
      [&](const Row& row) {
        out.push_back({row.integer(0), row.text(1), row.text(2), row.integer(3), row.text(4), row.time(5)});
      });
  if (!done) return done.error();
  return out;
}

base::Result<void> Digest::clear(std::string_view digest) {
  auto done = database_.change("DELETE FROM digest_item WHERE digest = ?", {digest});
  if (!done) return done.error();
  return {};
}

}  // namespace store
