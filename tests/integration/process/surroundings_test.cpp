// What a server finds around it, what others can reach of it, and what its channel may bring.
#include "tests/integration/process/serving.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace benchhost::process::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string link_of(const fs::path& path) {
    std::error_code error;  // it may be closed meanwhile
    return fs::read_symlink(path, error).string();
}

/// The numbers of the sockets that these have open.
std::set<std::string> sockets_of(const std::vector<pid_t>& pids) {
    std::set<std::string> inodes;
    const std::string begin = "socket:[";
    for (const pid_t pid : pids) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid), error)) {
            const auto target = link_of(entry.path());
            if (target.starts_with(begin)) {
                inodes.insert(target.substr(begin.size(), target.size() - begin.size() - 1));
            }
        }
    }
    return inodes;
}

/// Where they listen, as the kernel writes it: "0100007F:1F90".
std::vector<std::string> listeners_of(const std::vector<pid_t>& pids) {
    const auto inodes = sockets_of(pids);
    std::vector<std::string> places;
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream lines(table);
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::vector<std::string> all;
            for (std::string word; words >> word;) {
                all.push_back(word);
            }
            constexpr std::size_t kPlace = 1;
            constexpr std::size_t kState = 3;
            constexpr std::size_t kInode = 9;
            if (all.size() > kInode && all[kState] == "0A" && inodes.count(all[kInode]) > 0) {
                places.push_back(all[kPlace]);
            }
        }
    }
    return places;
}

TEST(Surroundings, NothingListensBeyondLoopback) {
    const Serving serving;
    const auto server = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(server) << server.error().reason;
    const auto places = listeners_of(serving.left());
    ASSERT_THAT(places, Not(IsEmpty()));
    for (const auto& place : places) {
        EXPECT_THAT(place, HasSubstr("0100007F:")) << "127.0.0.1, in the order of the machine";
    }
}

TEST(Surroundings, AServerHasOnlyTheNullDeviceItsLogItsChannelAndItsListener) {
    const Serving serving;
    // As a parent of ours might have left it.
    std::ofstream(serving.directory() / "inherited") << "secret";
    std::FILE* inherited = std::fopen((serving.directory() / "inherited").c_str(), "r");
    ASSERT_NE(inherited, nullptr);
    const auto server = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(server) << server.error().reason;
    for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", server->pid()))) {
        const auto target = link_of(entry.path());
        // Of a sanitizer's runtime there may be files of /proc.
        EXPECT_TRUE(target.empty() || target == "/dev/null" || target.starts_with("pipe:[") ||
                    target.starts_with("socket:[") || target.starts_with("anon_inode:") ||
                    target.starts_with("/proc/"))
            << entry.path() << " -> " << target;
    }
    std::fclose(inherited);
}

TEST(Surroundings, AServerWorksInItsOwnFolder) {
    const Serving serving;
    const auto server = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(server) << server.error().reason;
    EXPECT_EQ(fs::path(link_of(fmt::format("/proc/{}/cwd", server->pid()))),
              fs::canonical(serving.directory()));
}

std::string in_hex(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) {
        text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    return text;
}

/// What a plugin says of itself without being asked.
struct Talk {
    const char* name;
    std::string said;
    const char* times = "1";
    const char* descriptors = "0";
    const char* reason = "";  ///< why it does not get ready; empty: it may
};
std::ostream& operator<<(std::ostream& out, const Talk& talk) { return out << talk.name; }

class TalkTest : public ::testing::TestWithParam<Talk> {};

TEST_P(TalkTest, CostsAtMostItsOwnRow) {
    const Serving serving;
    const auto& talk = GetParam();
    auto request = serving.request("says_anything", "says-anything");
    request.options = {
        {"said", in_hex(talk.said)}, {"times", talk.times}, {"descriptors", talk.descriptors}};
    auto good = ServerProcess::start(serving.request("good", "good"));
    ASSERT_TRUE(good) << good.error().reason;
    {
        const auto server = ServerProcess::start(request);
        const std::string reason = server ? "" : server.error().reason;
        EXPECT_THAT(reason, HasSubstr(talk.reason));
        EXPECT_LT(reason.size(), 2000U);
    }
    EXPECT_THAT(http_get(good->port(), "/text"), HasSubstr("Hello World!"));
    EXPECT_TRUE(good->stop().clean);
    EXPECT_TRUE(serving.nothing_left());
}

/// An event that lacks nothing.
std::string event(const std::string& kind, const std::string& stage, unsigned port = 0) {
    return fmt::format(R"({{"kind":"{}","pid":0,"place":{{"port":{},"unix_socket":""}},)"
                       R"("stage":"{}","reason":"","limits":{{}},"log":[]}})",
                       kind, port, stage);
}

// Short enough for a socket as it is given to everybody.
INSTANTIATE_TEST_SUITE_P(
    Channel, TalkTest,
    ::testing::Values(Talk{"RandomBytes", std::string("\x00\xff\x1b[31m{\"", 9), "1", "0",
                           "wrote nonsense"},
                      Talk{"NoJson", "[1,2,3]", "1", "0", "wrote nonsense"},
                      Talk{"DeeplyNested", std::string(50'000, '['), "1", "0", "wrote nonsense"},
                      Talk{"NestedObjects", "{\"a\":{\"a\":{\"a\":", "1", "0", "wrote nonsense"},
                      Talk{"ALongMessage", std::string(50'000, ' '), "3", "0", "wrote nonsense"},
                      Talk{"AFlood", event("configured", "configured"), "2000"},
                      Talk{"AnEarlyEnd", event("exited", "exited"), "1", "0",
                           "sent what only its supervisor knows"},
                      Talk{"AForeignPort", event("ready", "ready", 1), "1", "0",
                           "said that it is ready on port 1"},
                      Talk{"PassedDescriptors", "{}", "20", "60", "wrote nonsense"}),
    [](const auto& talk) { return std::string(talk.param.name); });

}  // namespace
}  // namespace benchhost::process::testing
