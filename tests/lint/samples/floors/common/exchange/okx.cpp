#include <curl/curl.h>  // CAUGHT
#include <boost/asio/ssl.hpp>  // CAUGHT
#include "common/guard/gate.hpp"  // CAUGHT
#include "common/net/http.hpp"
#include "common/net/http_client.hpp"  // CAUGHT
// #include "common/app/bot.hpp"
#include "bots/funding/detector.hpp"  // CAUGHT
#include "tests/support/fake.hpp"  // CAUGHT
