auto a = std::chrono::system_clock::now();  // the one door
