// The machine's clock at another date: for what is played at the time it was recorded.
#pragma once
#include "common/base/clock.hpp"

namespace sandbox {

class ShiftedClock final : public base::Clock {
 public:
  ShiftedClock(double speed, base::Millis shift) : inner_(speed), shift_(shift) {}
  [[nodiscard]] base::WallTime wall_now() const override { return inner_.wall_now() + shift_; }
  [[nodiscard]] base::SteadyTime steady_now() const override { return inner_.steady_now(); }
  [[nodiscard]] base::BootTime boot_now() const override { return inner_.boot_now(); }
  [[nodiscard]] boost::asio::awaitable<void> sleep_until(base::SteadyTime deadline) override {
    return inner_.sleep_until(deadline);
  }

 private:
  base::SystemClock inner_;
  base::Millis shift_;
};

}  // namespace sandbox
