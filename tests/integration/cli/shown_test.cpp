// What was typed, read or said by a plugin is shown short, and nothing in it acts on a terminal;
// what is no value at all is refused.
#include "core/base/printable.hpp"
#include "core/base/utf8.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using benchhost::fixtures::CommandResult;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";
const std::string kResults = BENCHHOST_SOURCE_DIR "/tests/golden/tie.json";
// ESC, CSI of C1, what turns the direction of the text, half a character.
const std::string kActing =
    "x\x1b[31m\xC2\x9B"
    "31m\xE2\x80\xAE"
    "y\xFF";

std::string suite_text(const std::string& servers, const std::string& duration) {
    return "[suite]\nname = s\nservers = " + servers +
           "\nrepeats = 1\nretries = 0\ncalm = 0\n[profile.text]\nroute = text\nload = closed\n"
           "connections = 2\nduration = " +
           duration + "\nwarmup = 0\ntimeout = 10s\n";
}

bool acts(std::string_view text) {
    while (!text.empty()) {
        const auto length = benchhost::utf8_length(text);
        if (length == 0 ||
            (text.front() != '\n' &&
             benchhost::is_unprintable(benchhost::code_point_of(text.substr(0, length))))) {
            return true;
        }
        text.remove_prefix(length);
    }
    return false;
}

CommandResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), kBenchhost);
    return run_command(arguments);
}

void expect_clean(const CommandResult& result, int exit_code) {
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_FALSE(acts(result.err)) << ::testing::PrintToString(result.err);
    EXPECT_FALSE(acts(result.out)) << ::testing::PrintToString(result.out);
}

TEST(Shown, WhatWasTypedDoesNothingToTheTerminal) {
    const TemporaryDirectory directory;
    const auto config = directory / "suite.ini";
    write_text(config, suite_text("asio", "100ms"));
    const auto named = directory / (kActing + ".ini");
    write_text(named, suite_text("asio", "100ms"));
    const std::vector<std::vector<std::string>> wrong = {
        {"load", "http://" + kActing + ".invalid/"},
        {"load", "http://127.0.0.1:1", "--rate", kActing},
        {"load", "http://127.0.0.1:1", "--users", kActing},
        {"load", "http://127.0.0.1:1", "--arrivals", kActing, "--rate", "9/s"},
        {"load", "http://127.0.0.1:1", "--expect-body-file", directory / kActing},
        {"--config", directory / (kActing + "none.ini")},
        {"--config", config, "--set", kActing},
        {"--config", config, "--set", "suite.name\n=" + kActing},
        {"--config", config, "--set", "profile.text.duration=" + kActing},
        {"--config", config, "--servers", kActing},
        {"--config", config, "--profiles", kActing},
        {"--config", config, "--out", directory / ("suite.ini/" + kActing)},
        {"run", "--resume", directory / kActing},
        {"report", directory / kActing},
        {"report", kResults, "--format", kActing},
        {"compare", kResults, kResults, "--tolerance", kActing},
        {"new", kActing},
        {"check", directory / (kActing + ".so")},
        {"--" + kActing},
        {kActing}};
    for (const auto& arguments : wrong) {
        SCOPED_TRACE(::testing::PrintToString(arguments));
        const auto result = run(arguments);
        expect_clean(result, 2);
        EXPECT_THAT(result.err, Not(HasSubstr("internal error")));
    }
    expect_clean(run({"check", named}), 0);
    expect_clean(run({"--config", named, "--out", directory / ("out" + kActing), "--dry-run"}), 0);
}

TEST(Shown, WhatAPluginSaysDoesNothingToTheTerminal) {
    const TemporaryDirectory directory;
    const std::string plugin = BENCHHOST_FIXTURE_PLUGINS "/says_controls.so";
    const auto check = run({"check", plugin});
    expect_clean(check, 1);
    expect_clean(run({"check", plugin, "--json"}), 1);
    const auto plugins = directory / "plugins";
    fs::create_directories(plugins);
    fs::copy(plugin, plugins + "/says_controls.so");
    fs::copy(BENCHHOST_FIXTURE_PLUGINS "/hostile_option.so", plugins + "/hostile_option.so");
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"list", "--plugin-dir", plugins}, {"list", "--plugin-dir", plugins, "--json"}}) {
        const auto list = run(arguments);
        expect_clean(list, list.exit_code);
        EXPECT_THAT(list.out, HasSubstr("says-controls"));
    }
    write_text(directory / "suite.ini", suite_text("says-controls", "200ms"));
    const auto measured = run(
        {"--config", directory / "suite.ini", "--out", directory / "out", "--plugin-dir", plugins});
    expect_clean(measured, 1);
    EXPECT_THAT(measured.err, HasSubstr("red"));
    for (const auto* format : {"md", "json", "csv", "junit", "html"}) {
        const auto report = run({"report", directory / "out", "--format", format});
        EXPECT_EQ(report.exit_code, 0) << report.err;
        EXPECT_EQ(report.out.find('\x1b'), std::string::npos) << format;
        EXPECT_EQ(report.out.find("\xC2\x9B"), std::string::npos) << format;
        EXPECT_EQ(report.out.find("\xE2\x80\xAE"), std::string::npos) << format;
    }
}

TEST(Shown, AWrongValueIsNotRepeatedWhole) {
    const TemporaryDirectory directory;
    const auto config = directory / "suite.ini";
    const std::string huge(100'000, 'x');  // an argument may have 128 KiB
    const std::string huger(900'000, 'x');
    const auto expect_short = [](const CommandResult& result) {
        EXPECT_EQ(result.exit_code, 2) << result.err.substr(0, 2000);
        EXPECT_LT(result.err.size(), 7000U) << result.err.substr(0, 3000);
    };
    const std::vector<std::pair<const char*, std::string>> sections = {
        {"payload", "json = {\"a\":" + huger},
        {"server.asio", "threads = " + huger},
        {"server.own", "url = " + huger},
        {"limits", "client_cpus = " + huger},
        {"limits", "memory = " + huger},
        {"gate", "rps = " + huger},
        {"cluster", "server_host = " + huger},
        {"profile.other", "route = " + huger},
        {"profile.other", "route = text\nload = rate\nrate = " + huger},
        {"profile.other", "route = text\nload = rate\nstages = " + huger},
        {"profile.other", "route = text\nload = users\nusers = " + huger},
        {"profile.other", huger + " = 1"},
        {"payload", huger}};
    for (const auto& [section, line] : sections) {
        SCOPED_TRACE(std::string(section) + ": " + line.substr(0, 60));
        write_text(config, suite_text("asio", "100ms") + "[" + section + "]\n" + line + "\n");
        expect_short(run({"--config", config, "--dry-run"}));
    }
    for (const auto& text : {suite_text(huger, "100ms"), suite_text("asio", huger),
                             suite_text("asio", "100ms") + "[" + huger + "]\n"}) {
        write_text(config, text);
        expect_short(run({"--config", config, "--dry-run"}));
    }
    write_text(config, suite_text("asio", "100ms"));
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"load", "http://127.0.0.1:" + huge},
             {"load", "http://127.0.0.1:1", "-d", huge},
             {"load", "http://127.0.0.1:1", "--rate", huge},
             {"load", "http://127.0.0.1:1", "--users", huge},
             {"load", "http://127.0.0.1:1", "--arrivals", huge, "--rate", "9/s"},
             {"--config", config, "--set", huge},
             {"--config", config, "--set", "profile.text.duration=" + huge},
             {"--config", config, "--servers", huge},
             {"--config", config, "--profiles", huge},
             {"report", kResults, "--format", huge},
             {"compare", kResults, kResults, "--tolerance", huge},
             {"new", huge}}) {
        SCOPED_TRACE(arguments.front() + " " + arguments.at(1).substr(0, 60));
        expect_short(run(arguments));
    }
}

TEST(Shown, AnEmptyValueIsNoDefault) {
    const TemporaryDirectory directory;
    const auto config = directory / "suite.ini";
    write_text(config, suite_text("asio", "100ms"));
    const std::vector<std::vector<std::string>> empty = {
        {"--config", config, "--out", ""},
        {"--config", config, "--out="},
        {"run", "--config", config, "--out", ""},
        {"--config", ""},
        {"run", "--resume", ""},
        {"--config", config, "--dry-run", "--servers", ""},
        {"--config", config, "--dry-run", "--profiles", ""},
        {"--config", config, "--dry-run", "--set", ""},
        {"--config", config, "--dry-run", "--seed", ""},
        {"--config", config, "--dry-run", "--plugin-dir", ""},
        {"list", "--plugin-dir", ""},
        {"check", ""},
        {"check", config, "--server", ""},
        {"load", ""},
        {"load", "http://127.0.0.1:1", "--rate", ""},
        {"load", "http://127.0.0.1:1", "--expect-body-file", ""},
        {"load", "http://127.0.0.1:1", "--cpus", ""},
        {"report", ""},
        {"report", kResults, "--out", ""},
        {"report", kResults, "--format", ""},
        {"report", kResults, "--check", ""},
        {"report", kResults, "--update", ""},
        {"compare", "", kResults},
        {"compare", kResults, ""},
        {"compare", kResults, kResults, "--tolerance", ""},
        {"compare", "--base-plugin", kBenchhost, "--head-plugin", kBenchhost, "--config", config,
         "--out", ""},
        {"new", ""},
        {"new", "mine", "--lang", ""}};
    for (const auto& arguments : empty) {
        SCOPED_TRACE(::testing::PrintToString(arguments));
        const auto result = run(arguments);
        EXPECT_EQ(result.exit_code, 2) << result.err;
        EXPECT_THAT(result.err, HasSubstr("the value is empty"));
        EXPECT_EQ(result.out, "");
    }
    EXPECT_THAT(
        run({"--config", config, "--out", ""}).err,
        HasSubstr("--out: the value is empty (a variable that is not set?); expected: Folder"));
}

}  // namespace
