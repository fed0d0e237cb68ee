#include "common/guard/gate.hpp"  // CAUGHT
#include "common/base/error.hpp"
