auto a = std::chrono::system_clock::now();  // the sandbox is a program of its own
