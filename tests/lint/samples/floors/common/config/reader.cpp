#include <toml++/toml.h>
#include "common/base/error.hpp"
#include "common/net/http.hpp"  // CAUGHT
