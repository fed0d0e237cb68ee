#include "common/feed/sampler.hpp"

#include "tests/unit/feed/world.hpp"

namespace sampler_test {
using base::Millis;

class SamplerTest : public test::FeedTest {
 protected:
  SamplerTest() {
    http.answer_with([](const net::Request&) { return base::Result<net::Response>(test::response(200, "1 2")); });
    tasks.spawn("samples", sampler.run());
  }
  std::size_t trades() const { return count<market::Trade>(); }
  std::size_t books() const { return count<market::Depth>(); }
  feed::Fetcher fetcher{venue, gate, clock, log};
  feed::LookPace pace{clock};
  feed::Sampler sampler{fetcher, clock, log, pace, sink};

 private:
  template <class Kind>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(
        heard.begin(), heard.end(), [](const market::Event& event) { return std::holds_alternative<Kind>(event); }));
  }
};

TEST_F(SamplerTest, TradesAndThenTheBookComeAtOnce) {
  EXPECT_TRUE(feed::Sampler::can_sample(*venue.description));
  sampler.ask("BTC");
  sampler.ask("BTC");
  clock.advance(Millis{1'000});
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<market::Trade>(heard[0]));
  EXPECT_TRUE(std::holds_alternative<market::Depth>(heard[1]));
  clock.advance(Millis{60'000});
  EXPECT_EQ(heard.size(), 2U) << "once for both";
}

TEST_F(SamplerTest, FewAMinuteWhateverTheMarketDoesAndWhatWaitedTooLongIsLeft) {
  for (int i = 0; i < 30; ++i) sampler.ask("C" + std::to_string(i));
  clock.advance(Millis{60'000});
  EXPECT_LE(books(), static_cast<std::size_t>(feed::LookPace::per_minute));
  EXPECT_EQ(books(), 3U) << "at 0, 10 and 20 s";
  sampler.ask("BTC");
  clock.advance(Millis{1'000});
  EXPECT_EQ(books(), 4U);
}

TEST_F(SamplerTest, WithoutTheTradesTheBookStillComes) {
  http.answer_with([](const net::Request& request) {
    const bool of_trades = request.url.find("trades") != std::string::npos;
    return base::Result<net::Response>(test::response(200, of_trades ? "garbage" : "1 2"));
  });
  sampler.ask("BTC");
  clock.advance(Millis{5'000});
  EXPECT_EQ(trades(), 0U);
  EXPECT_EQ(books(), 1U);
  EXPECT_FALSE(log.errors.empty());
}

}  // namespace sampler_test
