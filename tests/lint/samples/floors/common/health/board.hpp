#include <boost/asio/awaitable.hpp>  // CAUGHT
