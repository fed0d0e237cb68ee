#include "common/feed/tools.hpp"
