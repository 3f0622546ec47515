// How native plugins start, use what they are given, stop and leave.
#include "native_plugin.hpp"
#include "tests/fixtures/command.hpp"
#include "tests/fixtures/eventually.hpp"
#include "tests/fixtures/sanitizer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace benchhost::test {
namespace {

std::ptrdiff_t entries_of(const std::string& folder) {
    const std::filesystem::directory_iterator entries(folder);
    return std::distance(begin(entries), end(entries));
}

std::set<std::string> threads() {
    std::set<std::string> ids;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/task")) {
        ids.insert(each.path().filename().string());
    }
    return ids;
}

TEST_P(NativePlugin, ServesFiveHundredConnectionsAtOnce) {
    const std::uint16_t port = plugin_->start(routes());
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 500; ++i) {
        clients.push_back(std::make_unique<RawClient>(port));
        ASSERT_TRUE(clients.back()->is_connected()) << i;
        clients.back()->send(kGetText);
    }
    for (const auto& client : clients) {
        ASSERT_EQ(client->read_answer().body, "Hello World!");
    }
    for (const auto& client : clients) {
        client->send(kGetText);
    }
    for (const auto& client : clients) {
        ASSERT_EQ(client->read_answer().body, "Hello World!");
    }
    EXPECT_EQ(plugin_->stop(), BH_OK);
}

TEST_P(NativePlugin, ClosesItsConnectionsWhenItStops) {
    const std::uint16_t port = plugin_->start(routes());
    RawClient idle(port);
    RawClient used(port);
    used.send(kGetText);
    EXPECT_EQ(used.read_answer().body, "Hello World!");
    EXPECT_EQ(plugin_->stop(), BH_OK);
    EXPECT_TRUE(idle.at_end());
    EXPECT_TRUE(used.at_end());
}

TEST_P(NativePlugin, StopsWhileItsConnectionsAreBusy) {
    const std::uint16_t port = plugin_->start(routes());
    std::atomic<bool> stopped = false;
    std::atomic<int> answered = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&] {
            RawClient client(port);
            while (!stopped) {
                client.send(kGetText);
                if (client.read_answer().status != 200) {
                    return;  // the server has closed it
                }
                ++answered;
            }
        });
    }
    while (answered < 100) {
        std::this_thread::yield();
    }
    EXPECT_EQ(plugin_->stop(), BH_OK);
    stopped = true;
    for (std::thread& client : clients) {
        client.join();
    }
}

TEST_P(NativePlugin, LeavesNoThreadAndNoDescriptor) {
    const std::string kinds[] = {"/proc/self/task", "/proc/self/fd"};
    const auto first_use = plugin_->start(routes());  // what a library keeps for good
    EXPECT_EQ(ask(first_use, kGetText).status, 200);
    plugin_.reset();
    const std::vector<std::ptrdiff_t> before = {entries_of(kinds[0]), entries_of(kinds[1])};
    plugin_ = std::make_unique<LoadedPlugin>(library_of(GetParam().library), GetParam().id);
    const std::uint16_t port = plugin_->start(routes(), {}, 2);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(std::make_unique<RawClient>(port));
        clients.back()->send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(clients.back()->read_answer().body, content_);
    }
    plugin_.reset();
    clients.clear();
    for (std::size_t i = 0; i < std::size(kinds); ++i) {
        // A thread that has been joined may still stand in /proc for a moment.
        EXPECT_TRUE(fixtures::eventually([&] { return entries_of(kinds[i]) <= before[i]; }))
            << kinds[i] << ": " << entries_of(kinds[i]) << " after " << before[i];
    }
}

TEST_P(NativePlugin, UsesTheThreadsItWasGiven) {
    if ((plugin_->server()->caps & BH_CAP_THREADS) == 0) {
        GTEST_SKIP() << "does not claim to";
    }
    // By their ids: a thread of an earlier test may still be on its way out.
    const auto before = threads();
    const auto fresh = [&] {
        const auto now = threads();
        return std::count_if(now.begin(), now.end(),
                             [&](const auto& id) { return before.count(id) == 0; });
    };
    const std::uint16_t port = plugin_->start(routes(), {}, 3);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 9; ++i) {
        clients.push_back(std::make_unique<RawClient>(port));
        clients.back()->send(kGetText);
        EXPECT_EQ(clients.back()->read_answer().body, "Hello World!");
    }
    // One of them answers as well as three before the others have begun.
    EXPECT_TRUE(fixtures::eventually([&] { return fresh() >= 3 + GetParam().other_threads; }));
    EXPECT_EQ(fresh(), 3 + GetParam().other_threads);
    EXPECT_EQ(plugin_->stop(), BH_OK);
    EXPECT_TRUE(fixtures::eventually([&] { return fresh() == 0; }));
}

TEST_P(NativePlugin, AdoptsAListeningSocket) {
    if ((plugin_->server()->caps & BH_CAP_LISTEN_FD) == 0) {
        GTEST_SKIP() << "does not claim to";
    }
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(listener, 16), 0);
    ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(plugin_->start(routes(), {}, 1, listener), ntohs(address.sin_port));
    EXPECT_EQ(ask(ntohs(address.sin_port), kGetText).body, "Hello World!");
}

TEST_P(NativePlugin, AStopBeforeServeIsKept) {
    const bh_server& server = *plugin_->server();
    bh_host host{sizeof(bh_host),
                 BH_ABI,
                 nullptr,
                 [](const bh_host*, bh_log_level, const char*) {},
                 [](const bh_host*, std::uint16_t) {},
                 nullptr};
    void* self = server.create(&host);
    ASSERT_NE(self, nullptr);
    ASSERT_EQ(server.configure(self, nullptr, 0, nullptr, 0), BH_OK);
    server.stop(self);
    server.stop(self);
    const bh_endpoint endpoint{sizeof(bh_endpoint), "127.0.0.1", 0, 2, -1};
    EXPECT_EQ(server.serve(self, &endpoint), BH_OK);
    server.destroy(self);
}

TEST_P(NativePlugin, SaysWhyItCannotBeConfigured) {
    auto broken = routes();
    broken[1].body = R"({"test":})";
    EXPECT_EQ(plugin_->start(broken), 0);
    EXPECT_EQ(plugin_->stop(), BH_FAILED);
    EXPECT_THAT(plugin_->log(), testing::Contains(testing::HasSubstr("not JSON")));
}

TEST_P(NativePlugin, SaysWhyItCannotListen) {
    const std::uint16_t port = plugin_->start(routes());
    LoadedPlugin second(library_of(GetParam().library), GetParam().id);
    EXPECT_EQ(second.start(routes(), {}, 1, -1, port), 0);
    EXPECT_EQ(second.stop(), BH_FAILED);
    EXPECT_THAT(second.log(), testing::Contains(testing::HasSubstr("in use")));
}

TEST_P(NativePlugin, IsGoneFromMemoryAfterUnloading) {
    const auto is_mapped = [&] {
        std::ifstream maps("/proc/self/maps");
        const std::string text{std::istreambuf_iterator<char>(maps), {}};
        return text.find(library_of(GetParam().library).string()) != std::string::npos;
    };
    EXPECT_EQ(ask(plugin_->start(routes()), kGetText).status, 200);
    ASSERT_TRUE(is_mapped());
    plugin_.reset();
    // Under a sanitizer it stays mapped for the reports.
    EXPECT_TRUE(fixtures::kUnderSanitizer || !is_mapped());
}

TEST(AsioPlugin, AcceptsOnASocketPerThread) {
    const std::vector<PluginRoute> text = {
        {BH_ROUTE_TEXT, "/text", "text/plain", "Hello World!", ""}};
    const PluginSettings settings = {{"accept", "per_thread"}};
    LoadedPlugin plugin(library_of("asio"), "asio");
    const std::uint16_t port = plugin.start(text, settings, 3);
    ASSERT_NE(port, 0);
    for (int i = 0; i < 30; ++i) {
        EXPECT_EQ(ask(port, kGetText).body, "Hello World!");
    }
    LoadedPlugin second(library_of("asio"), "asio");
    EXPECT_EQ(second.start(text, settings, 3, -1, port), 0);
    EXPECT_THAT(second.log(), testing::Contains(testing::HasSubstr("in use")));
    EXPECT_EQ(plugin.stop(), BH_OK);
}

}  // namespace
}  // namespace benchhost::test
