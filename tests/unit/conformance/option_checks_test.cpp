#include "core/conformance/option_checks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::conformance {
namespace {

using plugin::OptionDescription;
using plugin::ServerDescription;
using ::testing::HasSubstr;

ServerDescription with(std::vector<OptionDescription> options) {
    ServerDescription server;
    server.id = "x";
    server.options = std::move(options);
    return server;
}

OptionDescription number(const std::string& key, std::optional<std::string> fallback) {
    return {key, "number", std::move(fallback), {}, "help"};
}

TEST(CheckOptions, AcceptsWhatAConfigCanSet) {
    EXPECT_EQ(check_options(with({})).grade, Grade::pass);
    EXPECT_EQ(check_options(with({number("pool_threads", "4"),
                                  number("max-age", std::nullopt),
                                  {"env.", "prefix", std::nullopt, {}, "help"},
                                  {"server", "choice", "a", {"a", "b"}, "help"}}))
                  .grade,
              Grade::pass);
}

TEST(CheckOptions, RefusesKeysThatNoConfigCanName) {
    for (const auto* key : {"", "A", "a b", "a\n[suite]", "1st", "plugin", "url",
                            "a-key-that-is-longer-than-anybody-would-want"}) {
        EXPECT_EQ(check_options(with({number(key, std::nullopt)})).grade, Grade::fail) << key;
    }
    const auto twice = check_options(with({number("a", "1"), number("a", "2")}));
    EXPECT_EQ(twice.grade, Grade::fail);
    EXPECT_THAT(twice.why, HasSubstr("two options \"a\""));
}

TEST(CheckOptions, RefusesADefaultOfAnotherType) {
    const auto number_default = check_options(with({number("a", "many")}));
    EXPECT_EQ(number_default.grade, Grade::fail);
    EXPECT_THAT(number_default.why, HasSubstr("many"));
    EXPECT_EQ(check_options(with({{"a", "choice", "c", {"a", "b"}, "help"}})).grade, Grade::fail);
    EXPECT_EQ(check_options(with({{"a", "yes-no", "maybe", {}, "help"}})).grade, Grade::fail);
}

TEST(CheckOptions, AnOptionWithoutHelpIsWarnedOf) {
    EXPECT_EQ(check_options(with({{"a", "text", std::nullopt, {}, ""}})).grade, Grade::warn);
}

}  // namespace
}  // namespace benchhost::conformance
