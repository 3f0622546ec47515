#include "core/machine/network_limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace benchhost::machine {
namespace {

TEST(ListenOverflows, StandWhereTheirNameStands) {
    EXPECT_EQ(
        parse_listen_overflows("TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPHPHits\n"
                               "TcpExt: 7 42 43 99\n"
                               "IpExt: InNoRoutes ListenOverflows\nIpExt: 0 1\n"),
        42U);
    EXPECT_FALSE(parse_listen_overflows("TcpExt: SyncookiesSent ListenDrops\nTcpExt: 7 42\n"));
    EXPECT_FALSE(parse_listen_overflows("TcpExt: ListenOverflows\n"));
    EXPECT_FALSE(parse_listen_overflows(""));
}

TEST(Conntrack, IsReadFromItsTwoFiles) {
    auto pattern = (std::filesystem::temp_directory_path() / "conntrack-XXXXXX").string();
    const std::filesystem::path folder = ::mkdtemp(pattern.data());
    EXPECT_FALSE(read_conntrack(folder));
    std::ofstream(folder / "nf_conntrack_count") << "1980\n";
    std::ofstream(folder / "nf_conntrack_max") << "2000\n";
    const auto conntrack = read_conntrack(folder);
    std::filesystem::remove_all(folder);
    ASSERT_TRUE(conntrack);
    EXPECT_DOUBLE_EQ(conntrack->share(), 0.99);
    EXPECT_THAT(conntrack_hint(conntrack), ::testing::HasSubstr("is full (1980 of 2000)"));
    EXPECT_EQ(conntrack_hint(Conntrack{1000, 2000}), "");
    EXPECT_EQ(conntrack_hint(std::nullopt), "");
}

}  // namespace
}  // namespace benchhost::machine
