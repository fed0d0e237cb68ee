#include <boost/asio/awaitable.hpp>
#include "common/base/clock.hpp"
#include "common/store/store.hpp"  // CAUGHT
