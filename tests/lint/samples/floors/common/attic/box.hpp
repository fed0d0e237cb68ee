#include "common/base/error.hpp"  // CAUGHT
