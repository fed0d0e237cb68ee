#include <string>
#include "common/health/report.hpp"
