#include "common/base/error.hpp"
#include "common/base/clock.hpp"  // CAUGHT
