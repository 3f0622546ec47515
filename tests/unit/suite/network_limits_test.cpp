#include "core/suite/network_limits.hpp"

#include "core/suite/row_notes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace benchhost::suite {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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
    EXPECT_THAT(conntrack_hint(conntrack), HasSubstr("is full (1980 of 2000)"));
    EXPECT_EQ(conntrack_hint(Conntrack{1000, 2000}), "");
    EXPECT_EQ(conntrack_hint(std::nullopt), "");
}

TEST(Notes, NameTheLimitsThatWereHit) {
    load::LoadReport report;
    results::ServerUsage usage;
    results::MachineHealth machine;
    EXPECT_THAT(notes_on(report, usage, machine), IsEmpty());
    machine.listen_overflows = 12;
    machine.conntrack = 1.0;  // full, but nothing came to harm
    EXPECT_THAT(notes_on(report, usage, machine),
                ElementsAre(HasSubstr("was found full 12 times")));
    report.failures.add(load::FailureClass::connect_timeout, "no answer");
    machine.listen_overflows = 0;
    EXPECT_THAT(notes_on(report, usage, machine), ElementsAre(HasSubstr("was 100 % full")));
    EXPECT_THAT(notes_on(report, usage, std::nullopt), IsEmpty());
}

TEST(Notes, TellOfThreadsThatShareTheWorkUnevenly) {
    results::ServerUsage usage;
    usage.busiest_thread = 0.9;
    usage.least_busy_thread = 0.45;
    EXPECT_THAT(notes_on({}, usage, std::nullopt), IsEmpty());
    usage.least_busy_thread = 0.4;
    EXPECT_THAT(notes_on({}, usage, std::nullopt),
                ElementsAre("the server's threads shared the work unevenly: one did more than "
                            "twice another's"));
}

}  // namespace
}  // namespace benchhost::suite
