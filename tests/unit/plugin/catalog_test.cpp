#include "core/plugin/catalog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ServerDescription server(const std::string& id) {
    ServerDescription description;
    description.id = id;
    return description;
}

Catalog three_servers() {
    auto tuned = server("beast");
    tuned.options = {{"threads", "number", "1", {}, ""},
                     {"mode", "choice", "fast", {"fast", "safe"}, ""},
                     {"log", "yes-no", "no", {}, ""},
                     {"env.", "prefix", std::nullopt, {}, ""}};
    auto command = server("command");
    command.needs_settings = true;
    Catalog catalog;
    catalog.plugins = {{"/p/asio.so", 1, {server("asio")}},
                       {"/p/beast.so", 1, {tuned}},
                       {"/p/command.so", 1, {command}}};
    return catalog;
}

config::SuiteConfig config(std::vector<std::string> servers) {
    config::SuiteConfig config;
    config.servers = std::move(servers);
    config.servers_where = {"c.ini", 3};
    return config;
}

config::ServerDefinition definition(const std::string& id,
                                    std::vector<config::ServerDefinition::Option> options) {
    config::ServerDefinition defined;
    defined.id = id;
    defined.where = {"c.ini", 9};
    defined.options = std::move(options);
    return defined;
}

std::vector<std::string> ids(const Result<std::vector<ServerUnderTest>>& servers) {
    std::vector<std::string> found;
    for (const auto& entry : *servers) {
        found.push_back(entry.id);
    }
    return found;
}

TEST(ResolveServers, StarLeavesOutWhatNeedsSettings) {
    EXPECT_THAT(ids(resolve_servers(three_servers(), config({"*"}))), ElementsAre("asio", "beast"));
}

TEST(ResolveServers, WhatNeedsSettingsSaysSo) {
    const auto servers = resolve_servers(three_servers(), config({"asio", "command"}));
    ASSERT_TRUE(servers.has_error());
    EXPECT_THAT(servers.error().message,
                HasSubstr("c.ini:3: \"command\" needs a section of its own: [server.<id>] with "
                          "plugin = command"));
}

TEST(ResolveServers, DefinitionsAddServersWithOptions) {
    auto with = config({"*"});
    with.definitions.push_back(definition("beast-safe", {{"mode", "safe", {"c.ini", 11}}}));
    with.definitions.back().plugin = "beast";
    const auto servers = resolve_servers(three_servers(), with);
    ASSERT_TRUE(servers);
    EXPECT_THAT(ids(servers), ElementsAre("asio", "beast", "beast-safe"));
    EXPECT_EQ(servers->back().plugin, "/p/beast.so");
    EXPECT_EQ(servers->back().options.front().second, "safe");
}

TEST(ResolveServers, AUrlNeedsNoPlugin) {
    auto with = config({"elsewhere"});
    with.definitions.push_back(definition("elsewhere", {}));
    with.definitions.back().url = "http://127.0.0.1:8080";
    const auto servers = resolve_servers(three_servers(), with);
    ASSERT_TRUE(servers);
    EXPECT_EQ(servers->front().url, "http://127.0.0.1:8080");
}

TEST(ResolveServers, ErrorsNameThePlaceAndTheNearestName) {
    const auto error_of = [](config::ServerDefinition defined, const std::string& plugin) {
        auto with = config({"*"});
        defined.plugin = plugin;
        with.definitions.push_back(std::move(defined));
        const auto servers = resolve_servers(three_servers(), with);
        return servers.has_error() ? servers.error().message : "no error";
    };
    EXPECT_THAT(error_of(definition("x", {}), "baest"), HasSubstr("c.ini:9"));
    EXPECT_THAT(error_of(definition("x", {}), "baest"), HasSubstr("did you mean \"beast\"?"));
    const config::Location line{"c.ini", 12};
    EXPECT_THAT(error_of(definition("x", {{"thread", "2", line}}), "beast"),
                HasSubstr("c.ini:12: server beast has no option \"thread\"; did you mean "
                          "\"threads\"?"));
    EXPECT_THAT(error_of(definition("x", {{"threads", "two", line}}), "beast"),
                HasSubstr("c.ini:12: threads: \"two\""));
    EXPECT_THAT(error_of(definition("x", {{"mode", "slow", line}}), "beast"),
                HasSubstr("\"slow\" is not one of fast, safe"));
    EXPECT_THAT(error_of(definition("x", {{"log", "maybe", line}}), "beast"),
                HasSubstr("c.ini:12: log"));
    EXPECT_EQ(error_of(definition("x", {{"env.PATH", "/bin", line}}), "beast"), "no error");
}

Catalog with_unusable(const std::string& file) {
    auto catalog = three_servers();
    catalog.problems = {{file, "cannot be loaded: needs the library libx.so.1"}};
    return catalog;
}

TEST(ResolveServers, AnUnusablePluginIsAServerCalledLikeItsFile) {
    const auto catalog = with_unusable("/p/h2o.so");
    for (const std::string chosen : {"*", "h2*", "h2o"}) {
        SCOPED_TRACE(chosen);
        const auto servers = resolve_servers(catalog, config({"asio", chosen}));
        ASSERT_TRUE(servers) << servers.error().message;
        EXPECT_EQ(servers->back().id, "h2o");
        EXPECT_EQ(servers->back().unusable, "cannot be loaded: needs the library libx.so.1");
        EXPECT_THAT(catalog_warnings(catalog, *servers), ::testing::IsEmpty());
    }
    const auto others = resolve_servers(catalog, config({"asio"}));
    EXPECT_THAT(ids(others), ElementsAre("asio"));
    EXPECT_THAT(catalog_warnings(catalog, *others),
                ElementsAre("/p/h2o.so: cannot be loaded: needs the library libx.so.1; it is left "
                            "out"));
}

TEST(ResolveServers, AnUnusablePluginTakesNoIdFromOneThatWorks) {
    const auto catalog = with_unusable("/mine/asio.so");
    const auto servers = resolve_servers(catalog, config({"asio"}));
    ASSERT_TRUE(servers);
    EXPECT_EQ(servers->front().plugin, "/p/asio.so");
    EXPECT_FALSE(servers->front().unusable);
    EXPECT_THAT(catalog_warnings(catalog, *servers),
                ElementsAre(HasSubstr("it is left out, and asio is that of /p/asio.so")));
}

TEST(ResolveServers, NothingButUnusableOnesIsAnError) {
    const auto servers = resolve_servers(with_unusable("/p/h2o.so"), config({"h2o"}));
    ASSERT_TRUE(servers.has_error());
    EXPECT_EQ(servers.error().code, ErrorCode::usage);
    EXPECT_THAT(servers.error().message, HasSubstr("c.ini:3: nothing is left to measure"));
    EXPECT_THAT(servers.error().message, HasSubstr("libx.so.1"));
}

TEST(ResolveServers, APatternThatMatchesNothingIsAnError) {
    const auto servers = resolve_servers(three_servers(), config({"nginx"}));
    ASSERT_TRUE(servers.has_error());
    EXPECT_EQ(servers.error().code, ErrorCode::usage);
    EXPECT_THAT(servers.error().message, HasSubstr("c.ini:3"));
}

}  // namespace
}  // namespace benchhost::plugin
