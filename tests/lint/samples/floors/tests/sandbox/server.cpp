#include <toml++/toml.h>
#include <boost/beast/http.hpp>
