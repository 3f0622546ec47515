// Asking a plugin what it offers, and a server whether it can run here, at arm's length.
#include "core/plugin/plugin_description.hpp"
#include "tests/integration/process/serving.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace benchhost::process::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

using std::chrono::seconds;
using std::chrono::steady_clock;

TEST(DescribePlugin, TellsEverythingThatThePluginSays) {
    const auto plugin = plugin::describe_plugin(serve_executable(), fixture_plugin("command"));
    ASSERT_TRUE(plugin) << plugin.error().message;
    EXPECT_EQ(plugin->path, fixture_plugin("command"));
    EXPECT_EQ(plugin->abi, 1U);
    ASSERT_EQ(plugin->servers.size(), 1U);
    const auto& server = plugin->servers[0];
    EXPECT_EQ(server.id, "command");
    EXPECT_EQ(server.name, "Command");
    EXPECT_EQ(server.version, std::nullopt);
    EXPECT_EQ(server.language, "C");
    EXPECT_EQ(server.concurrency, "as the program likes");
    EXPECT_EQ(server.url, "https://example.invalid/command");
    EXPECT_TRUE(server.is_command);
    EXPECT_FALSE(server.needs_settings);
    ASSERT_EQ(server.options.size(), 3U);
    EXPECT_EQ(server.options[0].key, "program");
    EXPECT_EQ(server.options[0].type, "text");
    EXPECT_EQ(server.options[0].default_value, "tiny_program");
    EXPECT_EQ(server.options[2].type, "choice");
    EXPECT_THAT(
        server.options[2].choices,
        ElementsAre("probe-ok", "probe-missing", "probe-nonsense", "probe-hang", "probe-crash"));
}

TEST(DescribePlugin, SaysWhyAFileIsNoPlugin) {
    const auto reason_for = [](const std::filesystem::path& path, Nanoseconds limit = seconds(60)) {
        const auto plugin = plugin::describe_plugin(serve_executable(), path, {}, limit);
        EXPECT_FALSE(plugin);
        return plugin ? "" : plugin.error().message;
    };
    EXPECT_THAT(reason_for(BENCHHOST_SOURCE_DIR "/CMakeLists.txt"),
                HasSubstr("not a shared library (no ELF header)"));
    EXPECT_THAT(reason_for("/nonexistent.so"), HasSubstr("no such file"));
    EXPECT_THAT(reason_for(serve_executable().parent_path()), HasSubstr("not a file"));
    EXPECT_THAT(reason_for(fixture_plugin("wrong_abi")),
                HasSubstr("built for plugin ABI 2, this benchhost speaks ABI 1"));
    EXPECT_THAT(reason_for(fixture_plugin("crash_when_loaded")),
                HasSubstr("killed by SIGSEGV while it was being described"));
    const auto began = steady_clock::now();
    EXPECT_THAT(reason_for(fixture_plugin("hangs_when_loaded"), seconds(1)),
                HasSubstr("gave no answer within 1s while it was being described"));
    EXPECT_LT(steady_clock::now() - began, seconds(50));
}

plugin::ProbeResult probe(const std::string& mode, Nanoseconds limit = seconds(60)) {
    return plugin::probe_server(serve_executable(), fixture_plugin("command"), "command",
                                {{"program", tiny_program().string()}, {"probe", mode}}, {}, limit);
}

TEST(ProbeServer, AvailableWithVersionAndDetails) {
    const auto available = probe("probe-ok");
    ASSERT_TRUE(available) << available.error().message;
    EXPECT_TRUE(available->available);
    EXPECT_EQ(available->version, "3.8.4");
    EXPECT_THAT(available->details, ElementsAre(Pair("python", "3.11.7")));
}

TEST(ProbeServer, WithoutAProbeAlwaysAvailable) {
    const auto available =
        plugin::probe_server(serve_executable(), fixture_plugin("good"), "good", {});
    ASSERT_TRUE(available) << available.error().message;
    EXPECT_TRUE(available->available);
    EXPECT_EQ(available->version, "1.0");
}

TEST(ProbeServer, NotAvailableWithTheReasonThatTheProgramGave) {
    auto missing = probe("probe-missing");
    ASSERT_TRUE(missing) << missing.error().message;
    EXPECT_FALSE(missing->available);
    EXPECT_EQ(missing->reason, "No module named 'sanic'; install it with pip");

    missing = plugin::probe_server(serve_executable(), fixture_plugin("command"), "command",
                                   {{"program", "no-such-interpreter"}});
    ASSERT_TRUE(missing) << missing.error().message;
    EXPECT_FALSE(missing->available);
    EXPECT_EQ(missing->reason, "cannot execute no-such-interpreter: No such file or directory");
}

TEST(ProbeServer, AProbeThatMisbehavesIsAnError) {
    const auto reason_for = [](const plugin::ProbeResult& answer) {
        EXPECT_FALSE(answer);
        return answer ? "" : answer.error().message;
    };
    EXPECT_THAT(reason_for(probe("probe-nonsense")), HasSubstr("printed no JSON object"));
    EXPECT_THAT(reason_for(probe("probe-crash")), HasSubstr("killed by SIGABRT"));
    EXPECT_THAT(reason_for(probe("probe-hang", seconds(1))), HasSubstr("no answer within 1s"));
    EXPECT_THAT(reason_for(probe("sing")), HasSubstr("\"sing\" is not one of probe-ok"));
    EXPECT_THAT(reason_for(plugin::probe_server(serve_executable(), fixture_plugin("create_null"),
                                                "create-null", {})),
                HasSubstr("create returned NULL: the licence has run out"));
}

TEST(DescribePlugin, LeavesNothingBehind) {
    const Serving serving;
    EXPECT_TRUE(plugin::describe_plugin(serve_executable(), fixture_plugin("daemon_when_loaded")));
    EXPECT_TRUE(serving.left().empty()) << "it is gone before the answer is there";
    EXPECT_TRUE(plugin::probe_server(serve_executable(), fixture_plugin("daemon_when_loaded"),
                                     "daemon-when-loaded", {}));
    EXPECT_TRUE(serving.left().empty());
    EXPECT_FALSE(plugin::describe_plugin(serve_executable(), fixture_plugin("daemon_then_hangs"),
                                         {}, seconds(1)));
    EXPECT_TRUE(serving.left().empty());
}

TEST(DescribePlugin, TellsWhatIsNeverCalled) {
    const auto shadowed = [](const std::string& name) {
        const auto plugin = plugin::describe_plugin(serve_executable(), fixture_plugin(name));
        std::vector<std::string> names;
        for (const auto& symbol : plugin ? plugin->shadowed : std::vector<plugin::ShadowedName>{}) {
            names.push_back(symbol.name + " " + symbol.own);
        }
        return names;
    };
    EXPECT_THAT(shadowed("good"), ::testing::IsEmpty());
    EXPECT_THAT(shadowed("takes_a_name"), ElementsAre("daemon libbenchhost_namesake.so"));
    EXPECT_THAT(shadowed("brings_malloc"), ElementsAre("malloc libbenchhost_allocator.so"));
}

// What it needs comes before a plugin's own copy of the same.
TEST(ServeExecutable, NeedsNothingThatAServerBrings) {
    const auto command = "LC_ALL=C readelf -d '" + serve_executable().string() + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> listing(::popen(command.c_str(), "r"), ::pclose);
    ASSERT_NE(listing, nullptr);
    std::vector<std::string> needed;
    for (char line[512]; std::fgets(line, sizeof line, listing.get()) != nullptr;) {
        const std::string text = line;
        const auto begin = text.find('[');
        if (text.find("(NEEDED)") != std::string::npos && begin != std::string::npos) {
            needed.push_back(text.substr(begin + 1, text.find(".so") - begin - 1));
        }
    }
    EXPECT_THAT(needed, Contains("libc"));
    // fmt puts its version into every name; what is behind it is the sanitizers'.
    EXPECT_THAT(needed, Each(AnyOf("libfmt", "libstdc++", "libm", "libgcc_s", "libc",
                                   StartsWith("ld-linux"), "libasan", "libtsan", "libubsan")));
}

TEST(ProbeServer, LeavesNothingBehind) {
    const Serving serving;
    EXPECT_FALSE(probe("probe-hang", seconds(1)));
    EXPECT_TRUE(serving.nothing_left());
}

}  // namespace
}  // namespace benchhost::process::testing
