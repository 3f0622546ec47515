// What every native plugin has to get right on the wire, each over real sockets.
#include "loaded_plugin.hpp"
#include "raw_client.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SANITIZE_THREAD__)
// Poco's libraries are not instrumented: the sanitizer does not see the reference counts by which
// their threads agree on who frees an event's delegate.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libPocoNet.so\n"; }
#endif

namespace benchhost::test {
namespace {

const std::string kJson = R"({"test":true,"date":1557000000,"values":[1,2,3,4,5],)"
                          R"("sub_attributes":{"attribute1":1,"attribute2":"True"}})";
const std::string kGetText = "GET /text HTTP/1.1\r\nHost: x\r\n\r\n";

std::filesystem::path library_of(const std::string& id) {
    return std::filesystem::path(BENCHHOST_BINARY_DIR) / "plugins" / (id + ".so");
}

struct Native {
    const char* id;
    const char* library;  ///< the plugin that offers it
    /// Threads it starts beside those that work on requests.
    int other_threads = 0;
};

void PrintTo(const Native& native, std::ostream* out) { *out << native.id; }

/// What a library cannot do, told in docs/servers.md.
struct Limit {
    const char* id;
    const char* test;
    const char* why;
};
constexpr Limit kLimits[] = {
    {"httplib", "AnswersPipelinedRequestsInOrder", "loses requests that come before its answer"},
    {"httplib", "KeepsAnHttp10ConnectionWhenAskedTo", "closes after HTTP/1.0 always"},
    {"httplib", "RefusesOtherMethods", "its routes do not know of a path under another method"},
    {"civetweb", "RefusesWhatIsNoHttp", "closes without an answer"},
};

class NativePlugin : public testing::TestWithParam<Native> {
  protected:
    void SetUp() override {
        if (!std::filesystem::exists(library_of(GetParam().library))) {
            GTEST_SKIP() << "not built: what it needs is not on this machine";
        }
        const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
        for (const Limit& limit : kLimits) {
            if (limit.id == std::string_view(GetParam().id) &&
                test.substr(0, test.find('/')) == limit.test) {
                GTEST_SKIP() << limit.why;
            }
        }
        file_ = std::filesystem::path(testing::TempDir()) /
                ("native-plugin-" + std::to_string(::getpid()) + ".bin");
        for (int i = 0; i < 20'000; ++i) {
            content_ += static_cast<char>(i * 7);
        }
        std::ofstream(file_, std::ios::binary) << content_;
        plugin_ = std::make_unique<LoadedPlugin>(library_of(GetParam().library), GetParam().id);
    }
    void TearDown() override {
        plugin_.reset();
        std::filesystem::remove(file_);
    }
    std::vector<PluginRoute> routes() const {
        return {{BH_ROUTE_TEXT, "/text", "text/plain", "Hello World!", ""},
                {BH_ROUTE_JSON, "/json", "application/json", kJson, ""},
                {BH_ROUTE_FILE, "/file", "application/octet-stream", "", file_.string()},
                {BH_ROUTE_ABOUT, "/about", "text/plain", "about", ""}};
    }

    std::filesystem::path file_;
    std::string content_;
    std::unique_ptr<LoadedPlugin> plugin_;
};

TEST_P(NativePlugin, AnswersEveryRouteOnOneConnection) {
    RawClient client(plugin_->start(routes()));
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"/text", "Hello World!"}, {"/json", kJson}, {"/file", content_}, {"/about", "about"}};
    for (const auto& [path, body] : expected) {
        client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        const Answer answer = client.read_answer();
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.body, body) << path;
    }
    EXPECT_EQ(plugin_->stop(), BH_OK);
}

TEST_P(NativePlugin, SendsTheContentTypeItWasGiven) {
    const std::uint16_t port = plugin_->start(routes());
    const std::string json = "GET /json HTTP/1.1\r\nHost: x\r\n\r\n";
    const std::string file = "GET /file HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_THAT(ask(port, json).field("Content-Type"), testing::StartsWith("application/json"));
    EXPECT_EQ(ask(port, file).field("Content-Type"), "application/octet-stream");
}

TEST_P(NativePlugin, ReadsTheFileAnewForEachRequest) {
    RawClient client(plugin_->start(routes()));
    const std::string get_file = "GET /file HTTP/1.1\r\nHost: x\r\n\r\n";
    client.send(get_file);
    EXPECT_EQ(client.read_answer().body, content_);
    std::ofstream(file_, std::ios::binary) << "changed";
    client.send(get_file);
    EXPECT_EQ(client.read_answer().body, "changed");
}

TEST_P(NativePlugin, TakesARequestByteByByte) {
    RawClient client(plugin_->start(routes()));
    for (const char byte : kGetText) {
        client.send({&byte, 1});
    }
    EXPECT_EQ(client.read_answer().body, "Hello World!");
}

TEST_P(NativePlugin, AnswersPipelinedRequestsInOrder) {
    RawClient client(plugin_->start(routes()));
    const std::string get_json = "GET /json HTTP/1.1\r\nHost: x\r\n\r\n";
    const std::string get_file = "GET /file HTTP/1.1\r\nHost: x\r\n\r\n";
    constexpr int kTimes = 20;
    std::string requests;
    for (int i = 0; i < kTimes; ++i) {
        requests.append(kGetText).append(get_file).append(get_json);
    }
    client.send(requests);
    for (int i = 0; i < kTimes; ++i) {
        ASSERT_EQ(client.read_answer().body, "Hello World!") << i;
        ASSERT_EQ(client.read_answer().body, content_) << i;
        ASSERT_EQ(client.read_answer().body, kJson) << i;
    }
}

TEST_P(NativePlugin, ClosesWhenAskedTo) {
    RawClient client(plugin_->start(routes()));
    client.send("GET /text HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "Hello World!");
    EXPECT_TRUE(client.at_end());
}

TEST_P(NativePlugin, ClosesAfterHttp10) {
    RawClient client(plugin_->start(routes()));
    client.send("GET /text HTTP/1.0\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "Hello World!");
    EXPECT_TRUE(client.at_end());
}

TEST_P(NativePlugin, KeepsAnHttp10ConnectionWhenAskedTo) {
    RawClient client(plugin_->start(routes()));
    for (int i = 0; i < 2; ++i) {
        client.send("GET /text HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_EQ(client.read_answer().body, "Hello World!");
    }
}

TEST_P(NativePlugin, AnswersHeadWithoutABody) {
    RawClient client(plugin_->start(routes()));
    for (const std::string path : {"/json", "/file"}) {
        client.send("HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        const Answer answer = client.read_answer(true);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.field("Content-Length"),
                  std::to_string(path == "/json" ? kJson.size() : content_.size()));
    }
    client.send(kGetText);
    EXPECT_EQ(client.read_answer().body, "Hello World!");
}

TEST_P(NativePlugin, DoesNotFindOtherPaths) {
    const std::uint16_t port = plugin_->start(routes());
    EXPECT_EQ(ask(port, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n").status, 404);
    EXPECT_EQ(ask(port, "GET /textual HTTP/1.1\r\nHost: x\r\n\r\n").status, 404);
    EXPECT_EQ(ask(port, kGetText).status, 200);
}

TEST_P(NativePlugin, RefusesOtherMethods) {
    const std::uint16_t port = plugin_->start(routes());
    EXPECT_EQ(ask(port, "POST /text HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi").status,
              405);
    EXPECT_EQ(ask(port, kGetText).status, 200);
}

TEST_P(NativePlugin, RefusesWhatIsNoHttp) {
    const std::uint16_t port = plugin_->start(routes());
    EXPECT_EQ(ask(port, "this is not HTTP\r\n\r\n").status, 400);
    EXPECT_EQ(ask(port, kGetText).status, 200);
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
    EXPECT_TRUE(clients.front()->at_end());
}

TEST_P(NativePlugin, UsesTheThreadsItWasGiven) {
    if ((plugin_->server()->caps & BH_CAP_THREADS) == 0) {
        GTEST_SKIP() << "does not claim to";
    }
    const auto threads_now = [] {
        const std::filesystem::directory_iterator tasks("/proc/self/task");
        return std::distance(begin(tasks), end(tasks));
    };
    const auto before = threads_now();
    const std::uint16_t port = plugin_->start(routes(), {}, 3);
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 9; ++i) {
        clients.push_back(std::make_unique<RawClient>(port));
        clients.back()->send(kGetText);
        EXPECT_EQ(clients.back()->read_answer().body, "Hello World!");
    }
    EXPECT_EQ(threads_now() - before, 3 + GetParam().other_threads);
    EXPECT_EQ(plugin_->stop(), BH_OK);
    EXPECT_EQ(threads_now(), before);
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
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
    EXPECT_FALSE(is_mapped());
#endif
}

INSTANTIATE_TEST_SUITE_P(
    All, NativePlugin,
    testing::Values(Native{"asio", "asio"}, Native{"beast", "beast"}, Native{"beast-coro", "beast"},
                    Native{"civetweb", "civetweb"}, Native{"epoll", "epoll"},
                    Native{"evhttp", "evhttp"}, Native{"h2o", "h2o"}, Native{"httplib", "httplib"},
                    Native{"microhttpd", "microhttpd", 1}, Native{"pistache", "pistache", 2},
                    Native{"poco", "poco"}, Native{"restinio", "restinio"}),
    [](const auto& about) {
        std::string name = about.param.id;
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    });

}  // namespace
}  // namespace benchhost::test
