#include "core/cluster/hosts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::cluster {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RankFacts rank(std::uint32_t number, const std::string& host, std::vector<unsigned> cpus = {0}) {
    RankFacts facts;
    facts.rank = number;
    facts.host = host;
    facts.version = "1.0.0";
    facts.config_hash = "aa";
    facts.cpus = std::move(cpus);
    return facts;
}

TEST(AgreeOnCoordinator, IsRank0UnlessTheConfigNamesAHost) {
    std::vector<RankFacts> ranks = {rank(0, "a"), rank(1, "b"), rank(2, "b")};
    EXPECT_EQ(agree_on_coordinator(ranks).value(), 0U);
    for (auto& each : ranks) {
        each.server_host = "b";
    }
    EXPECT_EQ(agree_on_coordinator(ranks).value(), 1U);
}

TEST(AgreeOnCoordinator, RefusesAHostThatIsNotThereAndNamesThoseThatAre) {
    auto only = rank(0, "a");
    only.server_host = "c";
    const auto refused = agree_on_coordinator({only});
    EXPECT_EQ(refused.error().code, ErrorCode::usage);
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr("server_host = c"), HasSubstr("a")));
}

TEST(AgreeOnCoordinator, RefusesAnotherVersionOrConfigWithBothValues) {
    auto other = rank(1, "b");
    other.version = "2.0.0";
    EXPECT_THAT(agree_on_coordinator({rank(0, "a"), other}).error().message,
                AllOf(HasSubstr("a (rank 0)"), HasSubstr("1.0.0"), HasSubstr("b (rank 1)"),
                      HasSubstr("2.0.0")));
    other = rank(1, "b");
    other.config_hash = "bb";
    EXPECT_THAT(agree_on_coordinator({rank(0, "a"), other}).error().message,
                AllOf(HasSubstr("sha256 aa"), HasSubstr("sha256 bb")));
    other.config_error = "cannot read x.ini";
    EXPECT_THAT(agree_on_coordinator({rank(0, "a"), other}).error().message,
                AllOf(HasSubstr("b (rank 1)"), HasSubstr("cannot read x.ini")));
}

TEST(ShareCpus, DividesTheServersHostAndGivesAwayTheOthers) {
    const auto shares = share_cpus(
        {rank(0, "a", {0, 1}), rank(1, "a", {0, 1}), rank(2, "b", {0, 1, 2})}, {}, false);
    ASSERT_TRUE(shares.has_value());
    EXPECT_EQ(shares->server.server.size(), 1U);
    EXPECT_FALSE(shares->server.shared);
    EXPECT_THAT(shares->generators[0], IsEmpty());
    EXPECT_EQ(shares->generators[1], shares->server.client);
    EXPECT_THAT(shares->generators[2], ElementsAre(0, 1, 2));
}

TEST(ShareCpus, AServerWithAHostOfItsOwnGetsAllOfIt) {
    const auto shares = share_cpus({rank(0, "a", {0, 1}), rank(1, "b")}, {}, false);
    ASSERT_TRUE(shares.has_value());
    EXPECT_THAT(shares->server.server, ElementsAre(0, 1));
    EXPECT_FALSE(shares->server.shared);
}

TEST(ShareCpus, RanksOfOneHostShareItsProcessors) {
    const auto shares =
        share_cpus({rank(0, "a"), rank(1, "b", {0, 1, 2}), rank(2, "b", {0, 1, 2})}, {}, false);
    ASSERT_TRUE(shares.has_value());
    EXPECT_THAT(shares->generators[1], ElementsAre(0, 2));
    EXPECT_THAT(shares->generators[2], ElementsAre(1));
}

TEST(ShareCpus, RefusesAProcessorThatAHostDoesNotHave) {
    config::Limits limits;
    limits.client_cpus = {false, {7}};
    const auto shares = share_cpus({rank(0, "a"), rank(1, "b")}, limits, false);
    EXPECT_THAT(shares.error().message, AllOf(HasSubstr("b"), HasSubstr("processor 7")));
}

TEST(CheckPlugins, RefusesAnotherBuildWithBothHashesAndMissesNone) {
    const auto server = rank(0, "a");
    const auto other = rank(1, "b");
    EXPECT_TRUE(check_plugins(server, {{"x.so", "11"}}, other, {}).has_value());
    EXPECT_TRUE(check_plugins(server, {{"x.so", "11"}}, other, {{"x.so", "11"}}).has_value());
    EXPECT_THAT(check_plugins(server, {{"x.so", "11"}}, other, {{"x.so", "22"}}).error().message,
                AllOf(HasSubstr("x.so"), HasSubstr("sha256 11"), HasSubstr("sha256 22")));
}

TEST(DescribeRoles, SaysWhoDoesWhat) {
    const std::vector<RankFacts> ranks = {rank(0, "a", {0, 1}), rank(1, "b", {3})};
    const auto shares = share_cpus(ranks, {}, false);
    EXPECT_THAT(describe_roles(ranks, *shares, true),
                ElementsAre("rank 0 on a: coordinates, runs the servers on processors 0-1",
                            "rank 1 on b: generates load with 1 thread on processors 3"));
}

}  // namespace
}  // namespace benchhost::cluster
