// What is beyond a limit (docs/limits.md): told with the limit, in few words, before anything is
// done.
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kProgram = BENCHHOST_BINARY_DIR "/benchhost";
const std::string kOneRound =
    "[suite]\nname = s\nservers = asio\nrepeats = 1\n"
    "[profile.text]\nroute = text\nload = closed\nconnections = 4\nduration = 100ms\n";

TEST(Limits, ANumberBeyondItsLimitIsToldWithIt) {
    const TemporaryDirectory directory;
    write_text(directory / "suite.ini", kOneRound);
    const std::vector<std::string> load = {kProgram, "load", "http://127.0.0.1:1"};
    const std::vector<std::string> run = {kProgram, "--config", directory / "suite.ini",
                                          "--dry-run"};
    struct Beyond {
        const std::vector<std::string>& command;
        std::string flag, value, said;
    };
    for (const auto& [command, flag, value, said] :
         std::vector<Beyond>{{load, "-t", "1025", "1 to 1024"},
                             {load, "--pipeline", "1025", "1 to 1024"},
                             {load, "-c", "1000001", "1 to 1000000"},
                             {load, "-c", "0x10", "1 to 1000000"},
                             {load, "--expect-status", "99", "100 to 599"},
                             {load, "-d", "25h", "1ms to 24h"},
                             {load, "--timeout", "2h", "1us to 1h"},
                             {load, "--rate", "2e7", "2e7"},
                             {load, "--rate", "20000000", "out of range"},
                             {load, "--seed", "-18446744073709551615", "0 to 9223372036854775807"},
                             {run, "--repeats", "1001", "1 to 1000"}}) {
        auto argv = command;
        argv.insert(argv.end(), {flag, value});
        const auto refused = run_command(argv);
        EXPECT_EQ(refused.exit_code, 2) << flag << refused.err;
        EXPECT_THAT(refused.err, AllOf(HasSubstr(flag), HasSubstr(said)));
        EXPECT_THAT(refused.out, IsEmpty());
    }
    auto leading = run;
    leading.insert(leading.end(), {"--repeats", "010"});
    EXPECT_THAT(run_command(leading).out, HasSubstr("10 trials")) << "and not eight";
}

TEST(Limits, WhatIsQuotedIsShortAndHarmless) {
    const std::string hostile = "\x1b[31m\xc2\x9b\xe2\x80\xae" + std::string(100'000, 'x');
    for (const auto& argv : std::vector<std::vector<std::string>>{
             {kProgram, hostile},
             {kProgram, "--" + hostile},
             {kProgram, "load", hostile},
             {kProgram, "load", "http://127.0.0.1:1/" + hostile},
             {kProgram, "load", "http://127.0.0.1:1", "-c", hostile},
             {kProgram, "load", "http://127.0.0.1:1", "--rate", hostile},
             {kProgram, "report", hostile},
             {kProgram, "--config", hostile},
             {kProgram, "list", "--plugin-dir", hostile}}) {
        const auto run = run_command(argv);
        EXPECT_EQ(run.exit_code, 2) << run.err.substr(0, 500);
        EXPECT_LT(run.err.size(), 20'000U);
        for (const char* control : {"\x1b", "\xc2\x9b", "\xe2\x80\xae"}) {
            EXPECT_EQ(run.err.find(control), std::string::npos) << argv[1].substr(0, 20);
        }
    }
}

TEST(Limits, ADocumentThatIsTooLargeIsNotRead) {
    const TemporaryDirectory directory;
    write_text(directory / "page.md", std::string(17 * 1024 * 1024, '\n'));
    const auto run = run_command({kProgram, "report",
                                  std::string(BENCHHOST_SOURCE_DIR) + "/tests/golden/tie.json",
                                  "--check", directory / "page.md"});
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr("larger than 16MiB"));
}

}  // namespace
