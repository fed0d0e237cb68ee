#include "common/guard/gate.hpp"
#include <boost/beast/http.hpp>  // CAUGHT
