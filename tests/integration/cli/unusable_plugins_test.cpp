// A plugin that cannot be loaded, for every reason there is: it costs only itself.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using benchhost::fixtures::CommandResult;
using benchhost::fixtures::read_text;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::model::Outcome;
using benchhost::results::Trial;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";
constexpr auto kBound = 120s;

fs::path fixture(const std::string& name) {
    return fs::path(BENCHHOST_FIXTURE_PLUGINS) / (name + ".so");
}

struct Unusable {
    const char* file;  ///< without .so
    const char* why;
};

const Unusable kUnusable[] = {
    {"text", "cannot be loaded: not a shared library (6 bytes are no ELF file)"},
    {"fifo", "cannot be loaded: not a file"},
    {"socket", "cannot be loaded: not a file"},
    {"dangling", "cannot be loaded: a symbolic link that leads to no file"},
    {"loop", "cannot be loaded: a symbolic link that leads to no file"},
    {"truncated", "cannot be loaded: truncated"},
    {"needs_library",
     "cannot be loaded: needs the library libbenchhost_absent.so, which is not on "
     "this machine"},
    {"unresolved_symbol", "function_of_a_library_that_was_not_linked"},
    {"missing_symbol", "cannot be loaded: not a benchhost plugin"},
    {"refuses_abi", "does not speak plugin ABI"},
    {"wrong_abi", "cannot be used: was built for plugin ABI 2"},
    {"duplicate_ids", "cannot be used: offers two servers with the id"},
    {"crash_when_loaded", "cannot be loaded: killed by SIGSEGV"},
    {"needs_static_tls", "measure a program of your own by plugin = command"},
    {"hangs_when_loaded", "cannot be loaded: gave no answer within 10s"},
    {"daemon_then_hangs", "cannot be loaded: gave no answer within 10s"},
};

void make_socket(const std::string& path) {
    const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(made);
}

class UnusablePlugins : public ::testing::Test {
  protected:
    UnusablePlugins() {
        fs::create_directory(plugins_);
        add("good");
        write_text(directory_ / "suite.ini",
                   "[suite]\nname = unusable\nrepeats = 2\nretries = 0\ncalm = 0\nservers = good\n"
                   "[profile.text]\nroute = text\nload = closed\nconnections = 2\n"
                   "duration = 1s\nwarmup = 0ms\ntimeout = 10s\n");
    }

    void add(const std::string& name) { fs::copy(fixture(name), plugins_ / (name + ".so")); }
    std::string file(const std::string& name) const { return plugins_ / (name + ".so"); }

    void add_every_kind() {
        write_text(file("text"), "hello\n");
        ASSERT_EQ(::mkfifo(file("fifo").c_str(), 0600), 0);
        make_socket(file("socket"));
        fs::create_symlink("nowhere", file("dangling"));
        fs::create_symlink("loop.so", file("loop"));
        write_text(file("truncated"), read_text(fixture("good")).substr(0, 4000));
        for (const auto& unusable : kUnusable) {
            std::error_code none;
            if (!fs::exists(fs::symlink_status(file(unusable.file), none))) {
                add(unusable.file);
            }
        }
    }

    CommandResult run(const std::string& servers, std::vector<std::string> more = {}) const {
        std::vector<std::string> argv = {kBenchhost,        "--config", directory_ / "suite.ini",
                                         "--plugin-dir",    plugins_,   "--out",
                                         directory_ / "out"};
        if (!servers.empty()) {
            argv.insert(argv.end(), {"--servers", servers});
        }
        argv.insert(argv.end(), more.begin(), more.end());
        return run_command(argv, kBound);
    }
    std::vector<Trial> trials_of(const std::string& server) const {
        const auto results = benchhost::results::read_results(directory_ / "out/results.json");
        std::vector<Trial> found;
        if (results) {
            std::copy_if(results->trials.begin(), results->trials.end(), std::back_inserter(found),
                         [&](const Trial& trial) { return trial.server == server; });
        }
        return found;
    }

    TemporaryDirectory directory_;
    const fs::path plugins_ = directory_ / "plugins";
};

TEST_F(UnusablePlugins, EveryKindIsARowOfItsOwnAndTheOthersAreMeasured) {
    add_every_kind();
    std::string servers = "good";
    for (const auto& unusable : kUnusable) {
        servers += std::string(",") + unusable.file;
    }
    const auto suite = run(servers);
    EXPECT_EQ(suite.exit_code, 0) << suite.err;
    EXPECT_THAT(suite.err, HasSubstr("hangs_when_loaded.so to say what it offers"))
        << "what is waited for is said";
    ASSERT_EQ(trials_of("good").size(), 2U) << suite.err;
    EXPECT_EQ(trials_of("good").front().outcome, Outcome::ok);
    for (const auto& unusable : kUnusable) {
        SCOPED_TRACE(unusable.file);
        const auto rows = trials_of(unusable.file);
        ASSERT_EQ(rows.size(), 2U);
        EXPECT_EQ(rows.front().outcome, Outcome::skipped);
        EXPECT_THAT(rows.front().reason.value_or(""), HasSubstr(unusable.why));
    }
    EXPECT_THAT(suite.out, HasSubstr("needs the library libbenchhost_absent.so"));
    EXPECT_THAT(read_text(directory_ / "out/report.md"),
                HasSubstr("needs the library libbenchhost_absent.so"));
}

TEST_F(UnusablePlugins, AreWarnedOfWhenNobodyAskedForThem) {
    write_text(file("text"), "hello\n");
    add("needs_library");
    const auto suite = run("");
    EXPECT_EQ(suite.exit_code, 0) << suite.err;
    EXPECT_THAT(suite.err, HasSubstr("warning: " + file("text") + ": cannot be loaded: not a "));
    EXPECT_THAT(suite.err, HasSubstr("libbenchhost_absent.so"));
    EXPECT_EQ(trials_of("good").size(), 2U);
    EXPECT_TRUE(trials_of("text").empty());
}

TEST_F(UnusablePlugins, AreListedWithTheReason) {
    write_text(file("text"), "hello\n");
    add("needs_library");
    const auto list = run_command({kBenchhost, "list", "--plugin-dir", plugins_}, kBound);
    EXPECT_EQ(list.exit_code, 1);
    EXPECT_THAT(list.out, HasSubstr("\ngood "));
    EXPECT_THAT(list.out,
                HasSubstr("\n" + file("text") + ": cannot be loaded: not a shared library"));
    EXPECT_THAT(list.out, HasSubstr("needs the library libbenchhost_absent.so"));
}

TEST_F(UnusablePlugins, ASuiteOfThemAloneIsRefused) {
    add("needs_library");
    const auto suite = run("needs_library");
    EXPECT_EQ(suite.exit_code, 2);
    EXPECT_THAT(suite.err, HasSubstr("nothing is left to measure"));
    EXPECT_THAT(suite.err, HasSubstr("libbenchhost_absent.so"));
    EXPECT_FALSE(fs::exists(directory_ / "out"));
}

TEST_F(UnusablePlugins, ASectionAndAnIdThatMayBeInOneAreSkippedToo) {
    add("needs_library");
    std::ofstream(directory_ / "suite.ini", std::ios::app)
        << "[server.tuned]\nplugin = needs_library\nthreads = 4\n";
    const auto suite = run("good,tuned,somewhere-else");
    EXPECT_EQ(suite.exit_code, 0) << suite.err;
    ASSERT_EQ(trials_of("tuned").size(), 2U);
    EXPECT_THAT(trials_of("tuned").front().reason.value_or(""),
                StartsWith("cannot be loaded: needs the library"));
    ASSERT_EQ(trials_of("somewhere-else").size(), 2U);
    EXPECT_THAT(trials_of("somewhere-else").front().reason.value_or(""),
                StartsWith("no plugin that can be loaded offers a server \"somewhere-else\"; "
                           "needs_library.so cannot be loaded"));
    const auto misspelt = run("goood", {"--dry-run"});
    EXPECT_EQ(misspelt.exit_code, 2);
    EXPECT_THAT(misspelt.err, HasSubstr("did you mean \"good\"?"));
}

TEST_F(UnusablePlugins, CheckOfAConfigTellsAndPasses) {
    std::ofstream(directory_ / "suite.ini", std::ios::app) << "[server.tuned]\nplugin = lost\n";
    const auto check = [&] {
        auto path = "BENCHHOST_PLUGIN_PATH=" + plugins_.string();
        return benchhost::fixtures::Command({kBenchhost, "check", directory_ / "suite.ini"}, {path})
            .wait(kBound);
    };
    EXPECT_EQ(check().exit_code, 2) << "nobody can offer it";
    write_text(file("lost"), "hello\n");
    const auto told = check();
    EXPECT_EQ(told.exit_code, 0) << told.err;
    EXPECT_THAT(told.err, HasSubstr("warning: " + file("lost") + ": cannot be loaded"));
}

TEST_F(UnusablePlugins, ResumingRefusesWhenOneOfTheRowsHasBecomeUsable) {
    write_text(file("leaves-socket"), "hello\n");
    ASSERT_EQ(run("good,leaves-socket").exit_code, 0);
    const std::vector<std::string> resume = {kBenchhost, "--resume", directory_ / "out",
                                             "--plugin-dir", plugins_};
    EXPECT_EQ(run_command(resume, kBound).exit_code, 0);
    write_text(file("another"), "hello\n");
    EXPECT_EQ(run_command(resume, kBound).exit_code, 0) << "it is in no row";
    fs::remove(file("leaves-socket"));
    fs::copy(fixture("leaves_socket"), file("leaves-socket"));
    const auto changed = run_command(resume, kBound);
    EXPECT_EQ(changed.exit_code, 2);
    EXPECT_THAT(changed.err, HasSubstr("leaves-socket.so: cannot be loaded -> "));
}

TEST_F(UnusablePlugins, NamedByItsPathOneIsRefused) {
    write_text(file("text"), "hello\n");
    const auto compare = run_command(
        {kBenchhost, "compare", "--base-plugin", file("text"), "--head-plugin", file("good"),
         "--config", directory_ / "suite.ini", "--out", directory_ / "compared"},
        kBound);
    EXPECT_EQ(compare.exit_code, 2) << compare.out << compare.err;
    EXPECT_THAT(compare.err, HasSubstr("--base-plugin: " + file("text") + ": not a shared"));
}

TEST_F(UnusablePlugins, AnIdThatIsTakenCostsOnlyTheSecond) {
    const fs::path second = directory_ / "second";
    fs::create_directory(second);
    fs::copy(fixture("good"), second / "mine.so");
    const auto suite = run("good", {"--plugin-dir", second});
    EXPECT_EQ(suite.exit_code, 0) << suite.err;
    EXPECT_THAT(suite.err, HasSubstr("two plugins offer a server \"good\": " + file("good") +
                                     " was found first and is used, that of " +
                                     (second / "mine.so").string() + " is left out"));
    EXPECT_EQ(trials_of("good").size(), 2U);
}

TEST_F(UnusablePlugins, NewRefusesAnIdThatIsTaken) {
    const auto made = run_command({kBenchhost, "new", "asio"}, kBound);
    EXPECT_EQ(made.exit_code, 2) << made.out;
    EXPECT_THAT(made.err, HasSubstr("asio is a server of "));
    EXPECT_THAT(made.err, HasSubstr("choose another name"));
    EXPECT_FALSE(fs::exists("asio"));
}

}  // namespace
