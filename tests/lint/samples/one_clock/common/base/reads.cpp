auto a = std::chrono::system_clock::now();  // CAUGHT
auto b = Clock::now();                      // CAUGHT
auto c = std::chrono::steady_clock
    ::now();  // CAUGHT
void wait() { std::this_thread::sleep_for(1s); }    // CAUGHT
void wait_until() { this_thread::sleep_until(t); }  // CAUGHT
auto d = time(nullptr);         // CAUGHT
auto e = std::time(NULL);       // CAUGHT
auto f = ::time(&seconds);      // CAUGHT
void g() { usleep(10); }        // CAUGHT
void h() { ::sleep(3); }        // CAUGHT
void i() { nanosleep(&t, 0); }  // CAUGHT
void j() { ::clock_gettime(CLOCK_REALTIME, &t); }          // CAUGHT
const char* sql = "INSERT INTO t VALUES (CURRENT_TIMESTAMP)";  // CAUGHT
const char* sql2 = "SELECT datetime('now')";                   // CAUGHT
// system_clock::now() in a comment
const char* words = "Clock::now() in a string";
auto k = clock.wall_now();
auto l = event.time(nullptr);
auto m = calendar->time(0);
co_await clock.sleep_until(deadline);
