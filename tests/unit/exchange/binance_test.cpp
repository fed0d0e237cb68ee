#include "common/exchange/binance.hpp"

#include <gtest/gtest.h>

namespace exchange {
namespace {

TEST(Binance, Compiles) {}

}  // namespace
}  // namespace exchange
