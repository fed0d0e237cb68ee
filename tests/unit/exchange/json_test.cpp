#include "common/exchange/binance.hpp"

#include <gtest/gtest.h>

namespace exchange {
namespace {

TEST(Json, Compiles) {}

}  // namespace
}  // namespace exchange
