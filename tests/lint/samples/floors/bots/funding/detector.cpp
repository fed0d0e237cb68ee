#include "common/desk/finding.hpp"
#include "common/net/http.hpp"
#include "bots/funding/detector.hpp"
#include "bots/volume/detector.hpp"  // CAUGHT
#include <boost/asio/steady_timer.hpp>  // CAUGHT
#include "common/app/bot.hpp"  // CAUGHT
