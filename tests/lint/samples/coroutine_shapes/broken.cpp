// Never compiled: the spellings that the rule must catch, each marked, one-line and spread over lines.
awaitable<void> braces() {
  auto a = co_await send(Request{.target = s});  // CAUGHT
  auto b = co_await send({.target = s});         // CAUGHT
  auto c = co_await send(                        // the brace is what is named
      path,
      Request{              // CAUGHT
          .target = s,
          .headers = {"x"}  // CAUGHT
      });
  use(Agg{s}, co_await next());                                    // CAUGHT
  Agg d{.text = s, .count = co_await next()};                      // CAUGHT
  std::vector<std::size_t> e{co_await next(), co_await next()};    // CAUGHT
  if (auto f = co_await send(std::vector<int>{1}); f) use(f);      // CAUGHT
  while (auto g = co_await send({})) use(g);                       // CAUGHT
  for (const auto& row : co_await rows(Query{"all"})) use(row);    // CAUGHT
  co_return co_await send(Request{s});                             // CAUGHT
}

awaitable<void> lambdas(int n) {
  co_await run([n] { return n; });            // CAUGHT
  co_await run([&]() -> int { return n; });   // CAUGHT
  co_await run(
      1,
      [this,                                  // CAUGHT
       n](int x) { return x + n; });
  auto task = [n]() -> awaitable<int> { co_return co_await send({n}); };  // CAUGHT
  if (ready) co_await run([=] { return 1; });  // CAUGHT
  else co_await run(Job{n});                   // CAUGHT
}

awaitable<void> switches() {
  switch (co_await next()) {  // CAUGHT
    case 0: co_await send(Request{"zero"}); break;  // CAUGHT
    default: break;
  }
  switch (auto kind = (co_await next()).kind; kind) {  // CAUGHT
    default: break;
  }
}
