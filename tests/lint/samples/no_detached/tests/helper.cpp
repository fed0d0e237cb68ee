void a() { co_spawn(io, poll(), asio::detached); }
