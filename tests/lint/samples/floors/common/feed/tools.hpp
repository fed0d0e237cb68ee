#include "common/base/clock.hpp"
