#include "common/net/trust.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace trust_test {

TEST(Trust, ADirectoryCountsOnlyWithLinksByHash) {
  const test::TempFolder folder;
  EXPECT_FALSE(net::is_hashed(folder.path() / "missing"));
  EXPECT_FALSE(net::is_hashed(folder.path()));
  std::ofstream(folder.path() / "ca-certificates.crt") << "a bundle";
  EXPECT_FALSE(net::is_hashed(folder.path())) << "with the bundle alone nothing would be trusted";
  std::ofstream(folder.path() / "5ed36f99.0") << "a certificate";
  EXPECT_TRUE(net::is_hashed(folder.path()));
}

}  // namespace trust_test
