#include <curl/curl.h>
#include <openssl/ssl.h>
#include <boost/beast/websocket.hpp>
#include <toml++/toml.h>  // CAUGHT
#include "common/base/clock.hpp"
