// benchhost check from outside: what is right passes, and each fault is named by the right line.
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/sanitizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <picojson.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using benchhost::fixtures::CommandResult;
using benchhost::fixtures::kUnderThreadSanitizer;
using benchhost::fixtures::read_text;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using ::testing::HasSubstr;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";
constexpr auto kBound = 150s;

std::string fixture(const std::string& name) {
    return std::string(BENCHHOST_FIXTURE_PLUGINS "/") + name + ".so";
}
std::string plugin(const std::string& name) {
    return std::string(BENCHHOST_BINARY_DIR "/plugins/") + name + ".so";
}

/// One line of --json.
struct Line {
    std::string check;
    std::string outcome;
    std::string why;
};

void append_lines(std::vector<Line>& lines, const picojson::value& checks) {
    for (const auto& check : checks.get<picojson::array>()) {
        lines.push_back({check.get("check").get<std::string>(),
                         check.get("outcome").get<std::string>(),
                         check.get("why").get<std::string>()});
    }
}

std::vector<Line> lines_of(const CommandResult& run) {
    std::vector<Line> lines;
    picojson::value all;
    if (!picojson::parse(all, run.out).empty()) {
        return lines;
    }
    append_lines(lines, all.get("checks"));
    for (const auto& server : all.get("servers").get<picojson::array>()) {
        append_lines(lines, server.get("checks"));
    }
    return lines;
}

std::string shown(const std::vector<Line>& lines, const std::string& outcome) {
    std::string text;
    for (const auto& line : lines) {
        if (line.outcome == outcome) {
            text += line.check + ": " + line.why + "\n";
        }
    }
    return text;
}

/// A plugin with one fault, and the line that has to name it.
struct Fault {
    const char* plugin;
    const char* check;
    const char* outcome;
    const char* said;
    const char* before = "";  ///< lines above it that fail for the same reason
};

const Fault kFaults[] = {
    {"missing_symbol", "loads", "fail", "exports no function benchhost_plugin"},
    {"unresolved_symbol", "loads", "fail", "function_of_a_library_that_was_not_linked"},
    {"refuses_abi", "loads", "fail", "does not speak plugin ABI"},
    {"crash_when_loaded", "loads", "fail", "killed by SIG"},
    {"hangs_when_loaded", "loads", "fail", "10s"},
    {"needs_library", "loads", "fail", "needs the library libbenchhost_absent.so"},
    {"needs_static_tls", "loads", "fail", "static TLS block"},
    {"wrong_abi", "describes", "fail", "was built for plugin ABI"},
    {"duplicate_ids", "describes", "fail", "two servers with the id"},
    {"brings_malloc", "symbols", "warn", "brings an allocator in libbenchhost_allocator.so, but"},
    {"takes_a_name", "symbols", "warn",
     "daemon (of libbenchhost_namesake.so, used is that of libc"},
    {"hostile_option", "options", "fail", "cannot be a key in a config"},
    {"wrong_default", "options", "fail", "its own default is refused"},
    {"unknown_class", "class", "fail", "fastest"},
    {"create_null", "configures", "fail", "create returned NULL"},
    {"configure_fails", "configures", "fail", "configure failed"},
    {"crash_in_configure", "configures", "fail", "killed by SIGSEGV"},
    {"hangs_in_configure", "configures", "fail", "within 10s"},
    {"returns_early", "gets-ready", "fail", "before it was ready"},
    {"never_ready", "gets-ready", "fail", "did not get ready within 15s"},
    {"wrong_port", "gets-ready", "fail", "but it listens on"},
    {"throws_in_serve", "gets-ready", "fail", "threw an exception across the plugin border"},
    {"throws_in_thread", "gets-ready", "fail", "killed by SIGABRT"},
    {"closes_descriptors", "gets-ready", "fail", "must not close descriptors"},
    {"crash_in_serve", "text", "fail", "killed by SIGSEGV while serving"},
    {"exit_in_serve", "text", "fail", "exited with status 7"},
    {"returns_after_ready", "text", "fail", "without being asked to stop"},
    {"wrong_type", "text", "fail", "content type"},
    {"copies_json", "json", "fail", "blanks and all"},
    {"echo_drops_last_byte", "echo", "fail", "answered 1023 bytes instead of the expected 1024"},
    {"upload_counts_only", "upload", "fail", "/upload answered other bytes"},
    {"sum_cached", "sum", "fail", "by form: /sum answered"},
    {"wait_skipped", "wait", "fail", "it does not wait as long as it is asked to"},
    {"items_cached", "items", "fail", "1 items: /items answered 22 bytes"},
    {"compressed_wrong", "compressed", "fail", "what it sends as gzip does not hold them"},
    {"closes_silently", "keep-alive", "fail", "promised to keep the connection open"},
    {"answers_halves", "split", "fail", "answers half a request"},
    {"drops_pipelined", "pipelined", "warn", "answered 1 of 3 pipelined requests"},
    {"delays_body", "delayed-ack", "warn", "set TCP_NODELAY"},
    {"knows_every_path", "unknown-path", "fail", "answers 200 for a path that is not there"},
    {"crash_on_garbage", "bad-request", "fail", "killed by SIGABRT"},
    {"body_after_head", "head", "warn", "sends a body after HEAD"},
    {"caches_file", "file-is-read", "fail", "still sends the old bytes"},
    {"old_date", "date", "fail", "Date stands still"},
    {"few_connections", "connections", "fail", "of 500 answered"},
    {"leaks_files", "descriptors", "fail", "it leaks them"},
    {"spins", "rest", "fail", "it spins"},
    {"prints_without_end", "output", "fail", "bytes", "rest nothing-left-idle"},
    {"hangs_in_stop", "stop-idle", "fail", "so in 3 of 3 stops"},
    {"hangs_now_and_then", "stop-idle", "warn", "sometimes hangs: 1 of 4 stops"},
    {"crash_in_stop", "stop-idle", "fail", "killed by SIGSEGV"},
    {"ignores_sigterm", "stop-idle", "fail", "killed after 5s"},
    {"forks_daemon", "nothing-left-idle", "fail", "outlived the server"},
    {"leaves_thread", "nothing-left-idle", "fail", "1 thread(s)"},
    {"leaves_socket", "nothing-left-idle", "fail", "socket:["},
    {"serialises_once", "json-serialised", "fail", "not serialised for each request"},
};

/// What the line goes by is processor time, and the sanitizer takes more than that.
bool is_told_by_cost(const Fault& fault) { return fault.check == std::string("json-serialised"); }

void expect_named(const Fault& fault, const CommandResult& run) {
    if (kUnderThreadSanitizer && is_told_by_cost(fault)) {
        std::cout << fault.plugin << " is not looked at under the sanitizer: told by its cost\n";
        return;
    }
    SCOPED_TRACE(fault.plugin);
    EXPECT_FALSE(run.timed_out);
    const auto lines = lines_of(run);
    const auto named = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
        return line.check == fault.check && line.outcome == fault.outcome;
    });
    ASSERT_NE(named, lines.end()) << "no such line; failed:\n"
                                  << shown(lines, "fail") << "warned:\n"
                                  << shown(lines, "warn") << run.err;
    EXPECT_THAT(named->why, HasSubstr(fault.said));
    EXPECT_EQ(run.exit_code, shown(lines, "fail").empty() ? 0 : 1);
    const auto first = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
        return line.outcome == "fail" &&
               std::string(fault.before).find(line.check) == std::string::npos;
    });
    EXPECT_TRUE(first == lines.end() || first->check == fault.check)
        << "another line failed before: " << first->check << ": " << first->why;
}

// Some at a time: most of their time is spent waiting, and of those that hang half a minute.
TEST(Conformance, EachFaultIsNamedByItsLine) {
    constexpr std::size_t kAtATime = 6;
    std::vector<CommandResult> runs(std::size(kFaults));
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < kAtATime; ++i) {
        workers.emplace_back([&] {
            for (std::size_t mine = next++; mine < runs.size(); mine = next++) {
                runs[mine] = run_command(
                    {kBenchhost, "check", fixture(kFaults[mine].plugin), "--json"}, kBound);
            }
        });
    }
    for (auto& worker : workers) {
        worker.join();
    }
    for (std::size_t i = 0; i < runs.size(); ++i) {
        expect_named(kFaults[i], runs[i]);
    }
}

class SoundPlugin : public ::testing::TestWithParam<std::string> {};

TEST_P(SoundPlugin, Passes) {
    const auto run = run_command({kBenchhost, "check", GetParam(), "--json"}, kBound);
    const auto lines = lines_of(run);
    EXPECT_EQ(run.exit_code, 0) << shown(lines, "fail") << run.err;
    EXPECT_EQ(shown(lines, "fail"), "");
    EXPECT_EQ(shown(lines, "warn"), "");
    EXPECT_GT(lines.size(), 25U);
    const auto page = read_text(BENCHHOST_SOURCE_DIR "/docs/plugin-authors.md");
    for (const auto& line : lines) {
        EXPECT_THAT(page, HasSubstr("`" + line.check + "`")) << "is explained to authors";
    }
}

INSTANTIATE_TEST_SUITE_P(All, SoundPlugin,
                         ::testing::Values(fixture("good"), fixture("calls_host_from_threads"),
                                           plugin("asio"), plugin("beast"), plugin("poco")),
                         [](const auto& test) {
                             const auto slash = test.param.rfind('/');
                             return test.param.substr(slash + 1, test.param.size() - slash - 4);
                         });

/// All that was built, but for the two whose servers are programs.
std::vector<std::string> native_plugins() {
    std::vector<std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(BENCHHOST_BINARY_DIR "/plugins")) {
        const auto& path = file.path();
        if (path.extension() == ".so" && path.stem() != "python" && path.stem() != "command") {
            files.push_back(path.string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string name_of(const ::testing::TestParamInfo<std::string>& test) {
    return std::filesystem::path(test.param).stem().string();
}

// A test for each, so that they can be divided.
class NativePluginFile : public ::testing::TestWithParam<std::string> {};

TEST_P(NativePluginFile, Passes) {
    if (kUnderThreadSanitizer) {
        GTEST_SKIP() << "those with many threads need more memory than the check allows";
    }
    const auto run = run_command({kBenchhost, "check", GetParam(), "--json"}, kBound);
    const auto lines = lines_of(run);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(shown(lines, "fail"), "");
    EXPECT_GT(lines.size(), 25U);
}

INSTANTIATE_TEST_SUITE_P(All, NativePluginFile, ::testing::ValuesIn(native_plugins()), name_of);

TEST(Conformance, TheNativePluginsThatAreAlwaysBuiltAreThere) {
    EXPECT_GE(native_plugins().size(), 3U) << "asio, beast and poco";
}

const std::vector<std::string> kPythonServers = {
    "aiohttp",  "blacksheep", "bottle",  "django", "falcon", "fastapi",   "flask",  "granian",
    "japronto", "litestar",   "pyramid", "robyn",  "sanic",  "starlette", "tornado"};

class PythonServer : public ::testing::TestWithParam<std::string> {};

TEST_P(PythonServer, IsCheckedOrSaysWhyNot) {
    const auto run = run_command(
        {kBenchhost, "check", plugin("python"), "--server", GetParam(), "--json"}, kBound);
    const auto lines = lines_of(run);
    EXPECT_EQ(shown(lines, "fail"), "") << run.err;
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [](const Line& line) { return line.check == "available"; }),
              1);
}

INSTANTIATE_TEST_SUITE_P(All, PythonServer, ::testing::ValuesIn(kPythonServers), name_of);

TEST(Conformance, EachServerOfThePythonPluginHasItsTest) {
    const auto run = run_command({kBenchhost, "list"}, kBound);
    std::vector<std::string> listed;
    std::istringstream text(run.out);
    for (std::string line; std::getline(text, line);) {
        if (line.find(" python.so") != std::string::npos) {
            listed.push_back(line.substr(0, line.find(' ')));
        }
    }
    EXPECT_THAT(listed, ::testing::UnorderedElementsAreArray(kPythonServers)) << run.out;
}

TEST(Conformance, APluginOfTheFirstAbiIsLoadedAndServesToday) {
    const auto native =
        run_command({kBenchhost, "check", fixture("abi-1"), "--server", "abi-1", "--json"}, kBound);
    const auto lines = lines_of(native);
    EXPECT_EQ(native.exit_code, 0) << shown(lines, "fail") << native.err;
    // What came later it cannot have said.
    EXPECT_THAT(shown(lines, "warn"), ::testing::StartsWith("class: declares none"));
    EXPECT_GT(lines.size(), 25U);
    const auto program =
        run_command({kBenchhost, "check", fixture("abi-1"), "--server", "abi-1-program", "--option",
                     std::string("program=") + BENCHHOST_FIXTURE_PLUGINS "/tiny_program", "--json"},
                    kBound);
    const auto of_program = lines_of(program);
    EXPECT_THAT(shown(of_program, "pass"), HasSubstr("gets-ready")) << program.out << program.err;
}

TEST(Conformance, AProgramIsCheckedWithTheOptionsItNeeds) {
    const auto bare = run_command({kBenchhost, "check", plugin("command")}, kBound);
    EXPECT_EQ(bare.exit_code, 0) << bare.out;
    EXPECT_THAT(bare.out, HasSubstr("check it with --option KEY=VALUE"));
    const auto missing = run_command(
        {kBenchhost, "check", plugin("command"), "--option", "argv=/nonexistent/server {port}"},
        kBound);
    EXPECT_EQ(missing.exit_code, 0) << missing.out;
    EXPECT_THAT(missing.out, HasSubstr("not on this machine"));
}

TEST(Conformance, ALineForEachCheckAndASum) {
    const auto run = run_command({kBenchhost, "check", fixture("configure_fails")}, kBound);
    EXPECT_EQ(run.exit_code, 1);
    EXPECT_THAT(run.out, HasSubstr("configure-fails configures           fail  configure failed"));
    EXPECT_THAT(run.out, HasSubstr("passed, 0 warnings, 1 failed"));
}

TEST(Conformance, AnIdThatAnotherPluginHasIsNamed) {
    const TemporaryDirectory directory;
    std::filesystem::copy(plugin("asio"), directory / "mine.so");
    const auto lines =
        lines_of(run_command({kBenchhost, "check", directory / "mine.so", "--json"}));
    EXPECT_THAT(shown(lines, "warn"), HasSubstr("id: "));
    EXPECT_THAT(shown(lines, "warn"), HasSubstr("asio.so offers a server \"asio\" too"));
}

TEST(Conformance, BadInputIsRefused) {
    const TemporaryDirectory directory;
    write_text(directory / "text.so", "this is no library\n");
    const auto text = run_command({kBenchhost, "check", directory / "text.so"}, kBound);
    EXPECT_EQ(text.exit_code, 1);
    EXPECT_THAT(text.out, HasSubstr("no ELF file"));
    for (const auto& argv : std::vector<std::vector<std::string>>{
             {kBenchhost, "check", "/nonexistent/plugin.so"},
             {kBenchhost, "check", fixture("good"), "--server", "nosuch"},
             {kBenchhost, "check", fixture("good"), "--option", "nonsense"},
             {kBenchhost, "check", directory / "suite.ini", "--json"}}) {
        const auto run = run_command(argv, kBound);
        EXPECT_EQ(run.exit_code, 2) << ::testing::PrintToString(argv) << run.out << run.err;
        EXPECT_FALSE(run.err.empty());
    }
}

}  // namespace
