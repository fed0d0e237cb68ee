#include "common/net/curl_multi.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace net {
namespace asio = boost::asio;
using boost::system::error_code;
using Descriptor = asio::posix::stream_descriptor;

/// One descriptor that libcurl wants to hear about. libcurl owns it: it is released here, never closed.
struct CurlMulti::Watch {
  explicit Watch(asio::io_context& io) : descriptor(io) {}
  Descriptor descriptor;
  int wanted{};   ///< CURL_POLL_IN | CURL_POLL_OUT
  int waiting{};  ///< the same bits: an async_wait is outstanding
};

CurlMulti::CurlMulti(asio::io_context& io, long idle_connections_max) : io_(io), timer_(io) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);  // libcurl wants it once a process
  if (global != CURLE_OK) throw std::runtime_error("curl_global_init");
  multi_ = curl_multi_init();
  share_ = curl_share_init();
  if (multi_ == nullptr || share_ == nullptr) throw std::bad_alloc();
  // A multi handle shares connections and look-ups by itself, but not TLS sessions: resumption needs this.
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, idle_connections_max);
}

CurlMulti::~CurlMulti() {
  curl_multi_cleanup(multi_);  // calls on_socket for what is still watched
  for (auto& [fd, watch] : watches_)
    if (watch->descriptor.is_open()) watch->descriptor.release();
  curl_share_cleanup(share_);
}

asio::awaitable<void> CurlMulti::perform(Transfer& transfer) {
  if (const auto code = curl_multi_add_handle(multi_, transfer.easy_); code != CURLM_OK)
    throw std::logic_error(curl_multi_strerror(code));
  transfer.added_ = true;
  if (due_now_) {  // on an open connection the request is written here, before the loop turns to anything else
    ++timer_wishes_;
    act(CURL_SOCKET_TIMEOUT, 0);
    if (transfer.done_) co_return;
  }
  error_code ec;
  co_await transfer.wake_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (!transfer.done_) throw boost::system::system_error(asio::error::operation_aborted);
}

int CurlMulti::on_socket(CURL*, curl_socket_t fd, int what, void* user, void*) noexcept {
  auto& self = *static_cast<CurlMulti*>(user);
  if (what == CURL_POLL_REMOVE) {
    if (const auto found = self.watches_.find(fd); found != self.watches_.end()) {
      if (found->second->descriptor.is_open()) found->second->descriptor.release();
      self.watches_.erase(found);
    }
    return 0;
  }
  auto& watch = self.watches_[fd];
  if (!watch) {
    watch = std::make_shared<Watch>(self.io_);
    // A descriptor that cannot be watched is left to its transfer's deadline; an error from here would kill them all.
    error_code ec;
    watch->descriptor.assign(fd, ec);
  }
  watch->wanted = what;
  self.arm(watch);
  return 0;
}

int CurlMulti::on_timer(CURLM*, long delay_ms, void* user) noexcept {
  auto& self = *static_cast<CurlMulti*>(user);
  const auto wish = ++self.timer_wishes_;
  self.timer_.cancel();
  self.due_now_ = delay_ms == 0;
  if (delay_ms < 0) return 0;
  if (delay_ms == 0) {  // how each transfer begins; not from here, libcurl must not be called back
    asio::post(self.io_, [weak = self.weak_from_this(), wish] {
      const auto alive = weak.lock();
      if (alive && alive->timer_wishes_ == wish) alive->act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
  }
  self.timer_.expires_after(std::chrono::milliseconds(delay_ms));
  self.timer_.async_wait([weak = self.weak_from_this()](error_code ec) {
    const auto alive = weak.lock();
    if (!ec && alive) alive->act(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

void CurlMulti::arm(const std::shared_ptr<Watch>& watch) {
  if (!watch->descriptor.is_open()) return;
  wait(watch, CURL_POLL_IN);
  wait(watch, CURL_POLL_OUT);
}

void CurlMulti::wait(const std::shared_ptr<Watch>& watch, int bit) {
  if ((watch->wanted & bit) == 0 || (watch->waiting & bit) != 0) return;
  watch->waiting |= bit;
  const auto type = bit == CURL_POLL_IN ? Descriptor::wait_read : Descriptor::wait_write;
  watch->descriptor.async_wait(type, [weak = weak_from_this(), watch, bit](error_code ec) {
    watch->waiting &= ~bit;
    const auto alive = weak.lock();
    if (!alive || !watch->descriptor.is_open()) return;  // released meanwhile
    if ((watch->wanted & bit) != 0)
      alive->act(watch->descriptor.native_handle(), ec ? CURL_CSELECT_ERR : bit);  // POLL and CSELECT bits are equal
    alive->arm(watch);
  });
}

void CurlMulti::act(curl_socket_t fd, int events) {
  if (fd == CURL_SOCKET_TIMEOUT) due_now_ = false;
  int running = 0;
  curl_multi_socket_action(multi_, fd, events, &running);
  int queued = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &queued)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->result_ = message->data.result;
    transfer->done_ = true;
    transfer->wake_.cancel();  // resumes the coroutine later, not inside this call
  }
}

}  // namespace net
