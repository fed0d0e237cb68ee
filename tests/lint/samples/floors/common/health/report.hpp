#include "common/health/moment.hpp"
