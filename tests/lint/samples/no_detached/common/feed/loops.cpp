#include <boost/asio/detached.hpp>  // CAUGHT
void a() { co_spawn(io, poll(), asio::detached); }  // CAUGHT
void b() { thread.detach(); }                       // CAUGHT
// detached in a comment, "detached" in words
const char* words = "detached";
bool semidetached_house = false;
