#include "common/market/event.hpp"  // CAUGHT
#include <boost/beast/core.hpp>     // CAUGHT
#include <boost/asio/io_context.hpp>
