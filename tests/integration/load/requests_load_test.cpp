// Requests that differ from each other, against real servers: each answer is compared with what
// that very request has to get, and every byte arrives.
#include "core/base/temporary_folder.hpp"
#include "core/load/load.hpp"
#include "tests/integration/load/request_load.hpp"
#include "tests/integration/load/request_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::size_t kNonce = 16;  // its bytes

/// Answers /n/NONCE with that nonce and /m/NONCE with "m=" before it, and once in a thousand with
/// the nonce of the request before it, whoever asked that.
class NonceServer {
  public:
    std::uint64_t asked() const { return asked_; }
    std::uint64_t wrong() const { return wrong_; }
    std::size_t different() const { return nonces_.size(); }
    const RequestServer& server() const { return server_; }
    void stop() { server_.stop(); }

  private:
    Reply answer(const AskedRequest& request) {
        constexpr std::uint64_t kOnceIn = 1000;
        const auto nonce = request.target.substr(3);
        EXPECT_EQ(nonce.size(), kNonce);
        const bool is_wrong = ++asked_ % kOnceIn == 0;
        wrong_ += is_wrong ? 1 : 0;
        nonces_.insert(nonce);
        const auto told = std::exchange(previous_, nonce);
        const std::string body = is_wrong ? told : nonce;
        return right((request.target[1] == 'm' ? "m=" : "") + body);
    }

    std::uint64_t asked_ = 0;
    std::uint64_t wrong_ = 0;
    std::string previous_;
    std::set<std::string> nonces_;
    RequestServer server_{[this](const AskedRequest& request) { return answer(request); }};
};

struct Way {
    std::string name;
    model::LoadModel model;
    std::uint32_t pipeline = 1;
    std::uint32_t threads = 1;
    bool is_mix = false;
};

class WrongNonces : public ::testing::TestWithParam<Way> {
  protected:
    static Requests requests() {
        const auto one = expecting(asked_for("GET", "/n/{nonce}"), "{nonce}");
        const auto other = expecting(asked_for("GET", "/m/{nonce}"), "m={nonce}");
        return GetParam().is_mix ? Requests{weighing(one, 3), weighing(other, 1)} : Requests{one};
    }
};

TEST_P(WrongNonces, AreCountedOneByOne) {
    constexpr std::uint64_t kRequests = 4000;
    constexpr std::uint64_t kWrong = 4;
    NonceServer server;
    auto spec = spec_of(server.server(), requests(), kRequests);
    spec.model = GetParam().model;
    spec.pipeline = GetParam().pipeline;
    spec.threads = GetParam().threads;
    const auto report = report_of(spec);
    server.stop();
    EXPECT_EQ(server.asked(), kRequests);
    EXPECT_EQ(server.different(), kRequests) << "no two requests have the same nonce";
    EXPECT_EQ(server.wrong(), kWrong);
    expect_books(report, kRequests, kWrong);
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_body), kWrong);
    EXPECT_EQ(report.ended_failures.count(model::FailureClass::bad_body), kWrong);
    EXPECT_THAT(report.failures.example(model::FailureClass::bad_body), HasSubstr("status 200"));
    std::uint64_t of_kinds = 0;
    for (const auto& request : report.requests) {
        of_kinds += request.failures.count(model::FailureClass::bad_body);
    }
    EXPECT_EQ(of_kinds, GetParam().is_mix ? kWrong : 0);
}

model::OpenLoop open_loop(double rate) {
    model::OpenLoop open;
    open.rate = rate;
    open.connections = 8;
    return open;
}

std::vector<Way> all_ways() {
    const model::VirtualUsers users{16, 1000, {0ms, 2ms}};
    return {{"closed", model::ClosedLoop{8}},
            {"two_threads", model::ClosedLoop{8}, 1, 2},
            {"pipelined", model::ClosedLoop{4}, 8},
            {"users", users},
            {"rate", open_loop(8000)},
            {"pipelined_rate", open_loop(8000), 4},
            {"mix", model::ClosedLoop{8}, 1, 1, true},
            {"pipelined_mix", model::ClosedLoop{4}, 8, 2, true},
            {"mix_of_users", users, 1, 1, true},
            {"mix_at_a_rate", open_loop(8000), 1, 2, true}};
}

INSTANTIATE_TEST_SUITE_P(Each, WrongNonces, ::testing::ValuesIn(all_ways()),
                         [](const auto& each) { return each.param.name; });

TEST(RequestsLoad, AWindowCountsWhatTheServerCounts) {
    NonceServer server;
    auto spec = spec_of(server.server(), {expecting(asked_for("GET", "/n/{nonce}"), "{nonce}")}, 1);
    spec.most_requests.reset();
    spec.duration = 300ms;
    const auto report = report_of(spec);
    server.stop();
    EXPECT_EQ(report.duration, 300ms);
    EXPECT_TRUE(report.books.balance());
    EXPECT_EQ(report.books.sent, server.asked());
    EXPECT_EQ(server.different(), server.asked());
    EXPECT_EQ(report.books.failed, server.wrong());
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_body), server.wrong());
}

std::string long_text(std::size_t size) {
    constexpr std::size_t kLetters = 26;
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>('a' + (i * 7 + i / kLetters) % kLetters);
    }
    return text;
}

/// Takes what is posted in small pieces and compares it: /drawn/NONCE has the nonce around a long
/// text, /fixed/NONCE a longer text that is the same each time, /short/NONCE a shorter one, and
/// anything else nothing. Each is more than the buffers of a socket hold.
class UploadServer {
  public:
    static constexpr std::size_t kDrawnBytes = 400'000;
    static constexpr std::size_t kFixedBytes = 2'000'000;
    static constexpr std::size_t kShortBytes = 250'000;

    explicit UploadServer(const std::filesystem::path& socket)
        : server_(servers::listen_unix(socket.string()).value(), std::size_t{4} * 1024,
                  [this](const AskedRequest& request) { return answer(request); }) {}

    std::uint64_t asked() const { return asked_; }
    std::uint64_t broken() const { return broken_; }
    const RequestServer& server() const { return server_; }
    void stop() { server_.stop(); }

    static model::RequestSpec drawn() {
        auto request = expecting(asked_for("POST", "/drawn/{nonce}"), "{nonce}");
        request.body = model::BodySpec{"{nonce}" + long_text(kDrawnBytes) + "{nonce}", false};
        return request;
    }
    static model::RequestSpec fixed() {
        auto request = expecting(asked_for("POST", "/fixed/{nonce}"), "{nonce}");
        request.body = model::BodySpec{long_text(kFixedBytes), true};
        return request;
    }

    /// Every request of it is the same bytes.
    static model::RequestSpec same(const std::string& path, std::size_t body_bytes) {
        const std::string nonce = "0123456789abcdef";
        auto request = expecting(asked_for("POST", path + nonce), nonce);
        request.body = model::BodySpec{long_text(body_bytes), true};
        return request;
    }

  private:
    Reply answer(const AskedRequest& request) {
        const auto path = request.target.substr(0, request.target.rfind('/') + 1);
        const auto nonce = request.target.substr(path.size());
        const std::string expected = path == "/drawn/"   ? nonce + drawn_text_ + nonce
                                     : path == "/fixed/" ? fixed_text_
                                     : path == "/short/" ? short_text_
                                                         : "";
        ++asked_;
        broken_ += request.body == expected ? 0 : 1;
        return right(nonce);
    }

    const std::string drawn_text_ = long_text(kDrawnBytes);
    const std::string fixed_text_ = long_text(kFixedBytes);
    const std::string short_text_ = long_text(kShortBytes);
    std::uint64_t asked_ = 0;
    std::uint64_t broken_ = 0;
    RequestServer server_;
};

class Uploads : public ::testing::TestWithParam<std::uint32_t> {
  protected:
    void expect_all_whole(Requests requests, std::uint64_t most_requests) {
        UploadServer server(folder_.path() / fmt::format("s{}", sockets_++));
        auto spec = spec_of(server.server(), std::move(requests), most_requests);
        spec.model = model::ClosedLoop{3};
        spec.pipeline = GetParam();
        const auto report = report_of(spec);
        server.stop();
        EXPECT_EQ(server.asked(), most_requests);
        EXPECT_EQ(server.broken(), 0U);
        expect_books(report, most_requests);
    }

    TemporaryFolder folder_ = TemporaryFolder::make("benchhost-uploads").value();
    int sockets_ = 0;
};

TEST_P(Uploads, ThatAreMadeAnewArriveByteForByte) { expect_all_whole({UploadServer::drawn()}, 60); }

TEST_P(Uploads, ThatAreTheSameEachTimeArriveByteForByte) {
    expect_all_whole({UploadServer::fixed()}, 30);
    expect_all_whole({UploadServer::same("/fixed/", UploadServer::kFixedBytes)}, 30);
    expect_all_whole({UploadServer::same("/short/", UploadServer::kShortBytes)}, 60);
}

TEST_P(Uploads, AmongSmallRequestsArriveByteForByte) {
    const auto small = expecting(asked_for("GET", "/n/{nonce}"), "{nonce}");
    expect_all_whole({UploadServer::drawn(), weighing(small, 3), UploadServer::fixed()}, 75);
}

INSTANTIATE_TEST_SUITE_P(Pipelined, Uploads, ::testing::Values(1U, 4U));

TEST(RequestsLoad, ALongEchoIsComparedByteForByte) {
    constexpr std::uint64_t kRequests = 100;
    std::uint64_t broken = 0;
    RequestServer server([&](const AskedRequest& request) {
        auto reply = right(request.body);
        // A single byte, near the end.
        if (request.body.substr(0, kNonce).find("00") != std::string::npos) {
            ++broken;
            reply.bytes[reply.bytes.size() - 3] = '!';
        }
        return reply;
    });
    const auto text = "{nonce}" + long_text(100'000);
    auto echo = expecting(asked_for("POST", "/echo"), text);
    echo.body = model::BodySpec{text, false};
    const auto report = report_of(spec_of(server, {echo}, kRequests));
    server.stop();
    EXPECT_GT(broken, 0U) << "of a hundred nonces";
    expect_books(report, kRequests, broken);
    EXPECT_EQ(report.failures.count(model::FailureClass::bad_body), broken);
}

TEST(RequestsLoad, HeadIsAskedAmongOthers) {
    constexpr std::uint64_t kRequests = 1000;
    std::map<std::string, std::uint64_t> asked;
    RequestServer server([&](const AskedRequest& request) {
        ++asked[request.method];
        auto reply = right(request.target.substr(3));
        if (request.method == "HEAD") {
            reply.bytes.resize(reply.bytes.size() - kNonce);
        }
        return reply;
    });
    const auto get = expecting(asked_for("GET", "/n/{nonce}"), "{nonce}");
    auto spec = spec_of(server, {get, asked_for("HEAD", "/n/{nonce}")}, kRequests);
    spec.pipeline = 4;
    const auto report = report_of(spec);
    server.stop();
    expect_books(report, kRequests);
    EXPECT_EQ(asked["GET"], kRequests / 2);
    EXPECT_EQ(asked["HEAD"], kRequests / 2);
    EXPECT_EQ(report.bytes.body, kRequests / 2 * kNonce);
}

}  // namespace
}  // namespace benchhost::load
