#include "core/plugin/plugin_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::plugin {
namespace {

using ::testing::HasSubstr;

ServerDescription described() {
    ServerDescription server;
    server.id = "asio";
    server.options = {{"backlog", "number", "511", {}, ""},
                      {"nodelay", "yes-no", "yes", {}, ""},
                      {"engine", "choice", "epoll", {"epoll", "poll"}, ""},
                      {"title", "text", std::nullopt, {}, ""},
                      {"env.", "prefix", std::nullopt, {}, ""}};
    return server;
}

TEST(CheckOptions, NormalisesWhatIsRight) {
    const auto checked = check_options(described(), {{"backlog", " 007 "},
                                                     {"nodelay", "off"},
                                                     {"engine", "poll"},
                                                     {"title", "any = thing"},
                                                     {"env.PATH", "/bin"}});
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(*checked, (Options{{"backlog", "7"},
                                 {"nodelay", "no"},
                                 {"engine", "poll"},
                                 {"title", "any = thing"},
                                 {"env.PATH", "/bin"}}));
}

TEST(CheckOptions, NamesTheOptionTheValueAndWhatIsAllowed) {
    const auto reason_for = [](const std::string& key, const std::string& value) {
        const auto checked = check_options(described(), {{key, value}});
        EXPECT_FALSE(checked) << key << "=" << value;
        return checked ? "" : checked.error().message;
    };
    EXPECT_THAT(reason_for("backlog", "-1"), HasSubstr("option backlog of server asio: \"-1\""));
    EXPECT_THAT(reason_for("nodelay", "maybe"), HasSubstr("yes or no"));
    EXPECT_EQ(reason_for("engine", "kqueue"),
              "option engine of server asio: \"kqueue\" is not one of epoll, poll");
    EXPECT_EQ(reason_for("bakclog", "1"),
              "server asio has no option \"bakclog\"; it has: backlog, nodelay, engine, title, "
              "env.*");
    EXPECT_THAT(reason_for("env", "x"), HasSubstr("has no option \"env\""));
}

}  // namespace
}  // namespace benchhost::plugin
