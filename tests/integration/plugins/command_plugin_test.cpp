// A program of the user's own, by config alone: a real gunicorn with a real application.
#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/integration/process/serving.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

using namespace std::chrono_literals;
using benchhost::fixtures::eventually;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::model::Outcome;
using benchhost::process::ServerProcess;
using benchhost::process::testing::http_get;
using benchhost::process::testing::Serving;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";
const std::string kCommandPlugin = BENCHHOST_BINARY_DIR "/plugins/command.so";

std::string gunicorn(const std::string& bind, unsigned workers) {
    return fmt::format("gunicorn --bind {} --workers {} --log-level warning wsgi_app:app", bind,
                       workers);
}

std::vector<std::pair<std::string, std::string>> application() {
    return {{"workdir", BENCHHOST_WSGI_APP},  {"env.TEXT_FILE", "{text_file}"},
            {"env.JSON_FILE", "{json_file}"}, {"env.ABOUT_FILE", "{about_file}"},
            {"env.FILE", "{file}"},           {"env.PYTHONDONTWRITEBYTECODE", "1"}};
}

struct PsSums {
    std::uint64_t processes = 0;
    std::uint64_t threads = 0;
    std::uint64_t rss_bytes = 0;
    std::uint64_t cpu_s = 0;
};

/// What ps shows of a process and its children.
PsSums ps_sums(pid_t pid) {
    const auto id = std::to_string(pid);
    const auto listed = run_command(
        {"/bin/ps", "-o", "nlwp=", "-o", "rss=", "-o", "cputimes=", "-p", id, "--ppid", id});
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    PsSums sums;
    std::istringstream rows(listed.out);
    std::uint64_t threads = 0;
    std::uint64_t rss_kib = 0;
    std::uint64_t cpu_s = 0;
    while (rows >> threads >> rss_kib >> cpu_s) {
        ++sums.processes;
        sums.threads += threads;
        sums.rss_bytes += rss_kib * 1024;
        sums.cpu_s += cpu_s;
    }
    return sums;
}

TEST(CommandPlugin, SumsAMasterAndItsWorkerAsPsDoes) {
    const Serving serving;
    auto request = serving.request("command", "command");
    request.plugin = kCommandPlugin;
    request.options = application();
    // An inherited socket: between the choice of a free port and its use, another program's
    // connection may take it, and here nobody tries again.
    request.options.emplace_back("argv", gunicorn("fd://{fd}", 1));
    auto server = ServerProcess::start(request);
    ASSERT_TRUE(server) << server.error().reason;
    // The worker answers, so it is there; by then both processes have all that they need.
    ASSERT_TRUE(http_get(server->port(), "/text").ends_with("Hello World!"));
    for (int i = 0; i < 500; ++i) {
        ASSERT_TRUE(http_get(server->port(), "/json").ends_with("}"));
    }
    benchhost::machine::TreeUsage ours;
    PsSums theirs;
    // Two looks at living processes: repeated until nothing has changed between them.
    const bool agree = eventually([&] {
        ours = *server->usage(false);
        theirs = ps_sums(server->pid());
        return ours.processes == theirs.processes && ours.threads == theirs.threads &&
               ours.rss_bytes == theirs.rss_bytes;
    });
    EXPECT_TRUE(agree) << fmt::format("{} processes, {} threads, {} bytes; ps: {}, {}, {}",
                                      ours.processes, ours.threads, ours.rss_bytes.value_or(0),
                                      theirs.processes, theirs.threads, theirs.rss_bytes);
    EXPECT_EQ(theirs.processes, 2U);
    // ps cuts each process's time to whole seconds.
    const double cpu_s = std::chrono::duration<double>(ours.cpu).count();
    EXPECT_GE(cpu_s + 0.1, static_cast<double>(theirs.cpu_s));
    EXPECT_LE(cpu_s, static_cast<double>(theirs.cpu_s) + 2.1);
    EXPECT_TRUE(server->stop().clean);
    EXPECT_TRUE(serving.nothing_left());
}

TEST(CommandPlugin, IsMeasuredByPortByInheritedSocketAndByUnixSocket) {
    const TemporaryDirectory directory;
    constexpr std::array<const char*, 3> kIds = {"by-port", "by-fd", "by-unix"};
    constexpr std::array<const char*, 3> kBinds = {"{host}:{port}", "fd://{fd}", "unix:{unix}"};
    std::string config =
        "[suite]\nname = places\nservers = by-*\nrepeats = 1\nretries = 0\ncalm = 0\n"
        "[profile.text]\nroute = text\nload = closed\nconnections = 4\n"
        "duration = 1s\nwarmup = 100ms\ntimeout = 20s\n";
    for (std::size_t i = 0; i < kIds.size(); ++i) {
        config += fmt::format("[server.{}]\nplugin = command\nargv = {}\n", kIds[i],
                              gunicorn(kBinds[i], 1));
        for (const auto& [key, value] : application()) {
            config += fmt::format("{} = {}\n", key, value);
        }
    }
    write_text(directory / "suite.ini", config);
    const auto run =
        run_command({kBenchhost, "--config", directory / "suite.ini", "--out", directory / "out"});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const auto results = benchhost::results::read_results(directory / "out/results.json");
    ASSERT_TRUE(results) << results.error().message;
    ASSERT_EQ(results->trials.size(), kIds.size());
    for (const auto& trial : results->trials) {
        SCOPED_TRACE(trial.server);
        ASSERT_EQ(trial.outcome, Outcome::ok) << trial.reason.value_or("");
        EXPECT_GT(trial.requests->ok, 0U);
        EXPECT_EQ(trial.requests->failed_total(), 0U);
        EXPECT_EQ(trial.bytes->body, trial.requests->ok * 12);
    }
}

TEST(CommandPlugin, ASocketWhosePathIsTooLongIsRefusedWithTheWayOut) {
    const TemporaryDirectory directory;
    const Serving serving;
    auto request = serving.request("command", "command");
    request.plugin = kCommandPlugin;
    request.directory = directory / std::string(120, 'd');
    std::filesystem::create_directories(request.directory);
    request.options = application();
    request.options.emplace_back("argv", gunicorn("unix:{unix}", 1));
    const auto server = ServerProcess::start(request);
    ASSERT_FALSE(server);
    EXPECT_NE(server.error().reason.find("has more than 107 bytes; choose a shorter folder"),
              std::string::npos)
        << server.error().reason;
}

}  // namespace
