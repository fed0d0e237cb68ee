// Never compiled: what g++ 12 compiles well. The rule must be silent about every line.
#include <boost/asio/awaitable.hpp>

namespace sample {

struct Reader {
  std::vector<std::string> names{"a", "b"};
  int digits{1'000};
};

awaitable<Agg> named(Reader& reader) {
  const Request request{.target = "x", .headers = {"a", "b"}};
  auto response = co_await send(request);
  auto other = co_await send(std::string(40, '{'), Ctor("co_await {"));  // {co_await}
  const auto body = R"json({"co_await": {"a": [1]}})json";
  if (auto next = co_await read()) {
    use(Agg{next, {1, 2}});
  } else if (co_await again()) {
    use({1});
  }
  for (auto& row : co_await rows()) use(Agg{row});
  co_await clock.sleep_for(base::Millis{100} + std::chrono::seconds{2});
  int values[2]{1, 2};
  co_await send(values[0], reader.names[values[1]]);
  co_return Agg{response, other};
}

awaitable<void> scopes(std::vector<int> xs) try {
  const auto task = [&xs]() -> awaitable<int> { co_return co_await next(xs); };
  auto sum = co_await task();
  co_await run([](int x) { return Agg{x}; });
  std::sort(xs.begin(), xs.end(), [&](int a, int b) { return a < b; });
  switch (sum) {
    case Kind::one: co_await one(); break;
    default: co_await many(); break;
  }
  [[maybe_unused]] auto left = co_await read();
  do {
    co_await one();
  } while (!xs.empty());
  {
    const Guard guard{xs};
    co_await one();
  }
  Agg after{1};
  co_await one();
} catch (const std::exception& error) {
  use({error});
}

template <class T>
auto generic(T value) noexcept -> awaitable<std::vector<T>> {
  co_await one();
  Timer timer(co_await this_coro::executor);
  co_return std::vector<T>{value};
}

}  // namespace sample
