// Files of results that are none: a clear line and exit code 2 of each command that reads them.
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using benchhost::fixtures::read_text;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kCommand = BENCHHOST_BINARY_DIR "/benchhost";

// What each command that reads results is given, and what it has to say of it.
struct BadResults {
    const char* name;
    std::function<void(const std::string& path)> make;
    const char* said;
};

class BadResultsTest : public ::testing::TestWithParam<BadResults> {};

std::string golden(const std::string& name) {
    return read_text(std::string(BENCHHOST_SOURCE_DIR) + "/tests/golden/" + name + ".json");
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
}

TEST_P(BadResultsTest, AreOneClearLineAndExitCodeTwo) {
    const TemporaryDirectory directory;
    const std::string bad = directory / "bad.json";
    GetParam().make(bad);
    const std::string good = std::string(BENCHHOST_SOURCE_DIR) + "/tests/golden/tie.json";
    for (const auto& argv : std::vector<std::vector<std::string>>{
             {kCommand, "report", bad},
             {kCommand, "report", bad, "--format", "html", "--out", directory / "report.html"},
             {kCommand, "compare", bad, good},
             {kCommand, "compare", good, bad}}) {
        const auto run = run_command(argv);
        EXPECT_EQ(run.exit_code, 2) << ::testing::PrintToString(argv) << run.err;
        EXPECT_THAT(run.err, HasSubstr("bad.json"));
        EXPECT_THAT(run.err, HasSubstr(GetParam().said));
        EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
        EXPECT_EQ(run.err.find('\x1b'), std::string::npos) << "it reached the terminal";
        EXPECT_LT(run.err.size(), 1000U);
        EXPECT_THAT(run.out, IsEmpty());
    }
    EXPECT_FALSE(fs::exists(directory / "report.html"));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadResultsTest,
    ::testing::Values(
        BadResults{"Missing", [](const std::string&) {}, "cannot open"},
        BadResults{"Folder", [](const std::string& path) { fs::create_directory(path); },
                   "cannot open"},
        BadResults{"Empty", [](const std::string& path) { write_text(path, ""); }, "cut off"},
        BadResults{"Truncated",
                   [](const std::string& path) {
                       const auto text = golden("tie");
                       write_text(path, text.substr(0, text.size() / 2));
                   },
                   "cut off"},
        BadResults{"NewerSchema",
                   [](const std::string& path) {
                       write_text(path, replaced(golden("tie"), "benchhost.results/2",
                                                 "benchhost.results/3"));
                   },
                   "another version of benchhost"},
        BadResults{"OtherJson",
                   [](const std::string& path) { write_text(path, R"({"schema":"locust"})"); },
                   "not a results file"},
        BadResults{
            "Escapes",
            [](const std::string& path) { write_text(path, R"({"schema":"\u001b[31mlocust"})"); },
            "not a results file"},
        BadResults{"Nested",
                   [](const std::string& path) {
                       std::string text;
                       for (int i = 0; i < 40'000; ++i) {
                           text += R"({"a":)";
                       }
                       write_text(path, text);
                   },
                   "line 1: lists and objects are nested more than 64 deep"},
        BadResults{"HandEdited",
                   [](const std::string& path) {
                       write_text(path, replaced(golden("tie"), R"("round":1)", R"("round":"x")"));
                   },
                   "trials[0].round"},
        BadResults{"Huge",
                   [](const std::string& path) {
                       write_text(path, "{");
                       fs::resize_file(path, 500'000'000);  // sparse: takes no room on the disk
                   },
                   "is larger than 128MiB"}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
