// Two builds as one suite, on servers that are played.
#include "core/suite/paired_suite.hpp"

#include "tests/fixtures/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace benchhost::suite {
namespace {

using results::Arm;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class PairedSuiteTest : public fakes::SuiteTest {
  protected:
    /// Of a plugin that is a file with that text.
    std::vector<plugin::ServerUnderTest> servers_of(const std::string& plugin,
                                                    const std::vector<std::string>& ids) {
        std::ofstream(directory_ / plugin) << plugin;
        std::vector<plugin::ServerUnderTest> servers;
        for (const auto& id : ids) {
            servers.push_back(server(id));
            servers.back().plugin = directory_ / plugin;
        }
        return servers;
    }
    Result<PairedSuite> pair(const std::vector<std::string>& base,
                             const std::vector<std::string>& head, std::uint32_t blocks = 2) {
        PairedRequest request;
        request.base_plugin = directory_ / "base.so";
        request.head_plugin = directory_ / "head.so";
        request.blocks = blocks;
        return pair_servers(request, suite_.config, servers_of("base.so", base),
                            servers_of("head.so", head), {});
    }
};

TEST_F(PairedSuiteTest, MeetsBothBuildsAndTheBaseAgainInEveryBlock) {
    auto paired = pair({"x"}, {"y"}).value();
    EXPECT_THAT(paired.base_name, HasSubstr("base.so ("));
    EXPECT_THAT(paired.suite.plan, SizeIs(2 * 6));
    play_.roles = {{"base:y", fakes::Role()}, {"head:y", fakes::Role()}, {"again:y", {}}};
    play_.roles["head:y"].capacity = 800;
    suite_ = paired.suite;
    suite_.cpus = {};
    play_.loads_to_spoil = 1;
    const auto results = run();
    ASSERT_THAT(results.trials, SizeIs(13)) << "one was run again";
    const auto trials = arm_trials(paired, results);
    ASSERT_THAT(trials, SizeIs(13)) << "what does not count is the comparison's to know";
    std::map<std::pair<Arm, std::uint32_t>, int> count;
    for (const auto& each : trials) {
        count[{each.arm, each.block}] += each.trial.superseded ? 0 : 1;
        EXPECT_EQ(each.timeout, paired.suite.config.profiles[0].timeout);
        EXPECT_EQ(each.pair, "y");
        EXPECT_EQ(each.trial.server, each.arm == Arm::head ? "y" : "x") << "as its plugin has it";
        EXPECT_EQ(each.trial.requests_per_s, each.arm == Arm::head ? 800 : 1000);
    }
    EXPECT_THAT(count, SizeIs(6));
    for (const auto& [place, trials_there] : count) {
        EXPECT_EQ(trials_there, 2);
    }
}

TEST_F(PairedSuiteTest, PairsByIdAndNamesWhatIsInOneOnly) {
    const auto paired = pair({"a", "b", "old"}, {"b", "a", "new"}).value();
    EXPECT_THAT(paired.suite.servers, SizeIs(6));
    EXPECT_THAT(paired.warnings, ElementsAre("new is only in head"));
    EXPECT_THAT(paired.only_in_base, ElementsAre("old"));
    EXPECT_EQ(paired.members.at("again:b").arm, Arm::again);
}

TEST_F(PairedSuiteTest, RefusesPluginsWithNothingInCommon) {
    const auto paired = pair({"a", "b"}, {"c"});
    ASSERT_FALSE(paired);
    EXPECT_EQ(paired.error().message,
              "the plugins have no server in common: base offers a, b, head offers c");
}

}  // namespace
}  // namespace benchhost::suite
