#include "common/guard/gate.hpp"
#include "common/telegram/client.hpp"  // CAUGHT
#include "common/attic/box.hpp"  // CAUGHT
