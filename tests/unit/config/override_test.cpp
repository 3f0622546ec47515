// --set SECTION.KEY=VALUE: how it is split and what it changes.
#include "tests/unit/config/config_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kConfig =
    "[profile.text]\nroute = text\nduration = 10s\n\n[server.python.flask]\nplugin = flask\n";

TEST(Override, is_split_at_the_last_dot) {
    const auto override = parse_override("profile.text.duration=1s");
    ASSERT_TRUE(override);
    EXPECT_EQ(override->section, "profile.text");
    EXPECT_EQ(override->key, "duration");
    EXPECT_EQ(override->value, "1s");
    EXPECT_EQ(parse_override(" suite.name = a = b ")->value, "a = b");
    EXPECT_EQ(parse_override("suite.name = x")->key, "name");
    EXPECT_EQ(parse_override("server.x.flag=")->value, "");
}

TEST(Override, keeps_the_dots_of_a_servers_environment) {
    const auto override = parse_override("server.flask.env.FLASK.ENV=production");
    ASSERT_TRUE(override);
    EXPECT_EQ(override->section, "server.flask");
    EXPECT_EQ(override->key, "env.FLASK.ENV");
}

TEST(Override, that_is_none_is_refused) {
    for (const char* text :
         {"", "=", "suite", "suite.name", "name=x", ".name=x", "suite.=x", "a=b.c"}) {
        const auto override = parse_override(text);
        ASSERT_FALSE(override) << text;
        EXPECT_EQ(override.error().code, ErrorCode::usage);
        EXPECT_THAT(override.error().message, HasSubstr("is not SECTION.KEY=VALUE"));
    }
}

TEST(Override, is_text_of_one_line) {
    // It is kept with the config, as a comment of one line.
    for (const std::string text :
         {"suite.name=a\n[profile.x]", "suite.name=\x1b[1m", "suite.name=caf\xe9"}) {
        const auto override = parse_override(text);
        ASSERT_FALSE(override) << text;
        EXPECT_THAT(override.error().message, HasSubstr("is not UTF-8 text of one line"));
        EXPECT_EQ(override.error().message.find_first_of("\n\x1b\xe9"), std::string::npos);
    }
    EXPECT_EQ(parse_override("payload.text=caf\xc3\xa9\tau lait")->value, "caf\xc3\xa9\tau lait");
}

class Overrides : public ConfigFolder {
  protected:
    Result<SuiteConfig> with(const std::string& text) {
        return read(kConfig, {*parse_override(text)});
    }
    std::string error_with(const std::string& text) {
        return error_of(kConfig, {*parse_override(text)});
    }
};

TEST_F(Overrides, replace_and_add_values) {
    EXPECT_EQ(with("profile.text.duration=1s")->profiles[0].duration, std::chrono::seconds(1));
    EXPECT_EQ(with("profile.text.warmup=0")->profiles[0].warmup, std::chrono::seconds(0));
    EXPECT_EQ(with("suite.repeats=3")->repeats, 3U);
    EXPECT_EQ(with("limits.memory=2GiB")->limits.server.memory, std::uint64_t{2} << 30U);
}

TEST_F(Overrides, apply_in_order) {
    const auto config =
        read(kConfig, {*parse_override("suite.seed=3"), *parse_override("suite.seed=4")});
    EXPECT_EQ(config->seed, 4U);
}

TEST_F(Overrides, find_the_section_that_the_config_has) {
    const auto config = with("server.python.flask.option.deep=1");
    ASSERT_TRUE(config) << config.error().message;
    ASSERT_EQ(config->definitions.size(), 1U);
    EXPECT_EQ(config->definitions[0].options.at(0).key, "option.deep");
}

TEST_F(Overrides, may_define_a_server) {
    const auto config = with("server.beast.threads=2");
    ASSERT_TRUE(config) << config.error().message;
    ASSERT_EQ(config->definitions.size(), 2U);
    EXPECT_EQ(config->definitions[1].id, "beast");
    EXPECT_EQ(to_string(config->definitions[1].where), "--set server.beast.threads");
}

TEST_F(Overrides, stand_in_the_text_that_is_kept) {
    EXPECT_EQ(with("profile.text.duration=1s")->text,
              std::string(kConfig) + "# --set profile.text.duration = 1s\n");
}

TEST_F(Overrides, that_are_wrong_are_named_as_given) {
    EXPECT_THAT(error_with("profile.text.duration=1x"),
                StartsWith("--set profile.text.duration: duration: \"1x\" is not a duration"));
    EXPECT_THAT(error_with("profile.txt.duration=1s"),
                StartsWith("--set profile.txt.duration: the config has no [profile.txt]; did you "
                           "mean \"profile.text\"?"));
    EXPECT_THAT(error_with("profile.text.duratoin=1s"), HasSubstr("did you mean \"duration\"?"));
    EXPECT_THAT(error_with("suit.name=x"), HasSubstr("did you mean [suite]?"));
    EXPECT_THAT(error_with("suite.name="), HasSubstr("name: has no value"));
}

}  // namespace
}  // namespace benchhost::config
