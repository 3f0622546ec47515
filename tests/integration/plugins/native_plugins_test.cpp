// What every native plugin has to get right on the wire, each over real sockets.
#include "native_plugin.hpp"

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::test {
namespace {

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
        // Of a head alone the length may be missing (RFC 9110, 8.6), but not be another.
        if (answer.field("Transfer-Encoding") != "chunked") {
            EXPECT_EQ(answer.field("Content-Length"),
                      std::to_string(path == "/json" ? kJson.size() : content_.size()));
        }
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

}  // namespace
}  // namespace benchhost::test
