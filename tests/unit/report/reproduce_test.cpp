#include "report/formats/reproduce.hpp"

#include "report/formats/markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

TEST(ReproducingCommand, HasAllThatWasGivenOnTheCommandLine) {
    results::ResultSet results;
    results.suite = "text";
    results.config = {"it's.ini", "[profile.text]\n[profile.json]\n"};
    results.seed = 7;
    results.profiles = {{"json", "json", "closed", "64 connections"}};
    EXPECT_EQ(reproducing_command(results),
              "benchhost --config 'it'\\''s.ini' --profiles 'json' --repeats 1 --set suite.seed=7");
    results.quick = true;
    results.overrides = {"profile.json.duration=1s", "suite.servers=asio, !poco"};
    results.profiles.push_back({"text", "text", "closed", "64 connections"});
    EXPECT_EQ(reproducing_command(results),
              "benchhost --config 'it'\\''s.ini' --quick --repeats 1 --set "
              "'profile.json.duration=1s' --set 'suite.servers=asio, !poco' --set suite.seed=7");
    EXPECT_THAT(title(results), testing::EndsWith(", 1 round, quick"));
    EXPECT_THAT(markdown(results), testing::HasSubstr("--quick --repeats 1"));
}

}  // namespace
}  // namespace benchhost::report
