#include "core/http/probe.hpp"

#include "core/base/unique_fd.hpp"
#include "core/selftest/fault_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

namespace benchhost::http {
namespace {

using selftest::Behaviour;
using selftest::FaultServer;
using selftest::Listen;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr Nanoseconds kAmple = 60s;  // never reached, but on a machine that hangs

auto fetch(const FaultServer& server, Nanoseconds timeout = kAmple, bool keep_alive = true) {
    return probe(server.target(), timeout, keep_alive);
}

ProbeFailure failure_of(Behaviour behaviour, Nanoseconds timeout = kAmple) {
    const FaultServer server(behaviour);
    const auto report = fetch(server, timeout);
    if (report) {
        ADD_FAILURE() << to_string(behaviour) << " was answered with " << report->status;
        return {};
    }
    return report.error();
}

struct RightRow {
    Behaviour behaviour;
    unsigned status;
    std::string body;
    bool keeps_alive;
    unsigned http_minor = 1;
};

class ProbeAnswered : public testing::TestWithParam<RightRow> {};

TEST_P(ProbeAnswered, TellsWhatWasAnswered) {
    const RightRow& row = GetParam();
    FaultServer server(row.behaviour);
    const auto report = fetch(server);
    ASSERT_TRUE(report) << to_string(report.error().failure) << ": " << report.error().seen;
    EXPECT_EQ(report->status, row.status);
    EXPECT_EQ(report->body, row.body);
    EXPECT_EQ(report->keeps_alive, row.keeps_alive);
    EXPECT_EQ(report->http_minor, row.http_minor);
    EXPECT_GT(report->took, Nanoseconds::zero());
    server.stop();
    EXPECT_EQ(server.connections(), 1U);
    EXPECT_EQ(server.requests(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Behaviours, ProbeAnswered,
    testing::Values(RightRow{Behaviour::right, 200, "Hello World!", true},
                    RightRow{Behaviour::wrong_body_same_length, 200, "Idmmn!Vnsme ", true},
                    RightRow{Behaviour::wrong_length, 200, "Hello World", true},
                    RightRow{Behaviour::status_503, 503, "Hello World!", true},
                    RightRow{Behaviour::dribble, 200, "Hello World!", true},
                    RightRow{Behaviour::chunk_split_each_byte, 200, "Hello World!", true},
                    RightRow{Behaviour::chunked, 200, "Hello World!", true},
                    RightRow{Behaviour::continue_100_first, 200, "Hello World!", true},
                    RightRow{Behaviour::http10_close, 200, "Hello World!", false, 0},
                    RightRow{Behaviour::http10_keep_alive, 200, "Hello World!", true, 0},
                    RightRow{Behaviour::no_content_204, 204, "", true},
                    RightRow{Behaviour::not_modified_304, 304, "", true},
                    RightRow{Behaviour::close_each_time, 200, "Hello World!", false},
                    RightRow{Behaviour::close_unannounced, 200, "Hello World!", true}),
    [](const auto& row) { return std::string(to_string(row.param.behaviour)); });

TEST(Probe, GivesTheHeadersAsTheyWereSent) {
    const FaultServer server(Behaviour::continue_100_first);
    const auto report = fetch(server);
    ASSERT_TRUE(report);
    const std::vector<std::pair<std::string, std::string>> expected{{"Content-Type", "text/plain"},
                                                                    {"Content-Length", "12"}};
    EXPECT_EQ(report->headers, expected);
    EXPECT_EQ(report->wire_bytes,
              std::string_view("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: "
                               "text/plain\r\nContent-Length: 12\r\n\r\nHello World!")
                  .size());
}

TEST(Probe, ReachesIpv6AndUnixSockets) {
    for (const Listen listen : {Listen::ipv6, Listen::unix_socket}) {
        const FaultServer server(Behaviour::right, "over there", listen);
        const auto report = fetch(server);
        ASSERT_TRUE(report) << server.url() << ": " << report.error().seen;
        EXPECT_EQ(report->body, "over there");
    }
}

TEST(Probe, ReadsALargeBodyWhole) {
    const std::string body(5'000'000, 'x');
    const FaultServer server(Behaviour::chunked, body);
    const auto report = fetch(server);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->body == body);
}

TEST(Probe, NamesWhyNothingWasAnswered) {
    const ProbeFailure refused = failure_of(Behaviour::refuse);
    EXPECT_EQ(refused.failure, model::FailureClass::connect_refused);
    EXPECT_EQ(refused.seen, "Connection refused");

    const ProbeFailure reset = failure_of(Behaviour::accept_then_reset);
    EXPECT_EQ(reset.failure, model::FailureClass::reset_before_answer);
    EXPECT_EQ(reset.seen, "Connection reset by peer after nothing of the answer");

    const ProbeFailure silence = failure_of(Behaviour::silence, 50ms);
    EXPECT_EQ(silence.failure, model::FailureClass::timeout);
    EXPECT_EQ(silence.seen, "nothing of the answer within 50ms");
}

TEST(Probe, NamesWhyTheAnswerBrokeOff) {
    const ProbeFailure reset = failure_of(Behaviour::reset_in_body);
    EXPECT_EQ(reset.failure, model::FailureClass::reset_in_answer);
    EXPECT_EQ(reset.seen, "Connection reset by peer after 6 of 12 bytes of the body");

    const ProbeFailure closed = failure_of(Behaviour::short_body_then_fin);
    EXPECT_EQ(closed.failure, model::FailureClass::closed_early);
    EXPECT_EQ(closed.seen, "the connection was closed after 6 of 12 bytes of the body");
}

TEST(Probe, RefusesWhatIsNotHttpOrHasNoEnd) {
    const ProbeFailure garbage = failure_of(Behaviour::garbage_status);
    EXPECT_EQ(garbage.failure, model::FailureClass::malformed_answer);
    EXPECT_EQ(garbage.seen,
              "the answer does not begin with HTTP/1.: HELLO 200 this is not HTTP\\r\\n\\r\\n");

    const ProbeFailure headers = failure_of(Behaviour::endless_headers);
    EXPECT_EQ(headers.failure, model::FailureClass::malformed_answer);
    EXPECT_THAT(headers.seen, HasSubstr("the header is larger than 64 KiB: HTTP/1.1 200 OK"));

    const ProbeFailure body = failure_of(Behaviour::endless_body);
    EXPECT_EQ(body.failure, model::FailureClass::bad_length);
    EXPECT_EQ(body.seen, "a body larger than 256 MiB");
}

// A listener nobody accepts from, with connections waiting until no more are taken.
class FullBacklog {
  public:
    FullBacklog() {
        listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_.get(), generic, size), 0);
        EXPECT_EQ(::listen(listener_.get(), 0), 0);
        EXPECT_EQ(::getsockname(listener_.get(), generic, &size), 0);
        port_ = ntohs(address.sin_port);
        for (UniqueFd& client : waiting_) {
            client.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            EXPECT_TRUE(::connect(client.get(), generic, size) == 0 || errno == EINPROGRESS);
        }
    }
    Target target() const {
        return parse_url("http://127.0.0.1:" + std::to_string(port_) + "/").value();
    }

  private:
    UniqueFd listener_;
    std::array<UniqueFd, 4> waiting_;
    std::uint16_t port_ = 0;
};

// Sends a body of `size` bytes to whoever asks, out of one small buffer, and closes.
class LargeAnswer {
  public:
    LargeAnswer(std::string head, std::uint64_t size, std::string tail)
        : head_(std::move(head)), tail_(std::move(tail)), size_(size) {
        listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_.get(), generic, length), 0);
        EXPECT_EQ(::listen(listener_.get(), 1), 0);
        EXPECT_EQ(::getsockname(listener_.get(), generic, &length), 0);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
        thread_ = std::thread([this] { serve(); });
    }
    ~LargeAnswer() { thread_.join(); }
    LargeAnswer(const LargeAnswer&) = delete;
    LargeAnswer& operator=(const LargeAnswer&) = delete;
    Target target() const { return parse_url(url_).value(); }

  private:
    void serve() const {
        const UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        std::array<char, 4096> request{};
        EXPECT_GT(::recv(client.get(), request.data(), request.size(), 0), 0);
        send_all(client.get(), head_);
        const std::string block(std::size_t{1} << 20U, 'x');
        for (std::uint64_t left = size_; left > 0;) {
            const auto next = std::min<std::uint64_t>(left, block.size());
            if (!send_all(client.get(), std::string_view(block).substr(0, next))) {
                return;
            }
            left -= next;
        }
        send_all(client.get(), tail_);
    }
    static bool send_all(int socket, std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    std::string head_, tail_, url_;
    std::uint64_t size_;
    UniqueFd listener_;
    std::thread thread_;
};

// The most memory this process has had since it was last asked to forget it.
std::uint64_t peak_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) {
            return std::stoull(line.substr(6));
        }
    }
    return 0;
}

TEST(Probe, CountsALargeBodyWithoutKeepingIt) {
    constexpr std::uint64_t kSize = 300'000'000;  // more than is ever kept
    const std::string status = "HTTP/1.1 200 OK\r\n";
    const std::array heads{
        std::pair{status + fmt::format("Content-Length: {}\r\n\r\n", kSize), std::string()},
        std::pair{status + fmt::format("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", kSize),
                  std::string("\r\n0\r\n\r\n")},
        std::pair{status + "\r\n", std::string()}};
    for (const auto& [head, tail] : heads) {
        const LargeAnswer server(head, kSize, tail);
        const Target target = server.target();
        std::ofstream("/proc/self/clear_refs") << 5;
        const auto before = peak_kib();
        const auto report = probe(target, kAmple, false, BodyUse::counted);
        ASSERT_TRUE(report) << report.error().seen;
        EXPECT_EQ(report->body_bytes, kSize);
        EXPECT_EQ(report->body, "");
        EXPECT_LT(peak_kib() - before, 32'000U);
    }
    const LargeAnswer server(heads[0].first, kSize, "");
    const auto found = find_server({server.target()}, kAmple);
    EXPECT_TRUE(found) << found.error().seen;
}

TEST(Probe, SaysWhenABodyWithoutLengthDoesNotEnd) {
    const LargeAnswer server("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nHello", 0, "");
    const Target target = server.target();
    const auto report = probe(target, kAmple);
    ASSERT_TRUE(report) << "it ends where the connection does";
    EXPECT_EQ(report->body, "Hello");

    UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(listener.get(), generic, length), 0);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    ASSERT_EQ(::getsockname(listener.get(), generic, &length), 0);
    UniqueFd kept;
    std::thread answer([&] {
        kept.reset(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        const std::string_view bytes =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nHello";
        EXPECT_EQ(::send(kept.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    });
    const auto endless =
        probe(parse_url(fmt::format("http://127.0.0.1:{}/", ntohs(address.sin_port))).value(), 1s);
    answer.join();
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().failure, model::FailureClass::timeout);
    EXPECT_EQ(endless.error().seen,
              "5 bytes of the body, which has no length and ends only where the connection does "
              "within 1s");
}

TEST(FindServer, GoesOnToTheAddressThatAnswers) {
    const FaultServer refusing(Behaviour::refuse);
    const FaultServer resetting(Behaviour::accept_then_reset);
    const FaultServer right(Behaviour::right);
    const auto found = find_server({refusing.target(), resetting.target(), right.target()}, kAmple);
    ASSERT_TRUE(found) << found.error().seen;
    EXPECT_EQ(found->target.port, right.target().port);
    EXPECT_THAT(found->silent,
                testing::ElementsAre("127.0.0.1: Connection refused",
                                     HasSubstr("127.0.0.1: Connection reset by peer")));
}

TEST(FindServer, DoesNotWaitLongForADeadAddressWhileOthersFollow) {
    const FullBacklog dead;
    const FaultServer right(Behaviour::right);
    const auto found = find_server({dead.target(), right.target()}, 1h);
    ASSERT_TRUE(found) << found.error().seen;
    EXPECT_THAT(found->silent, testing::ElementsAre("127.0.0.1: no connection within 2s"));
}

TEST(FindServer, NamesAllThatWereTried) {
    const FaultServer refusing(Behaviour::refuse);
    const FaultServer resetting(Behaviour::accept_then_reset);
    const auto found = find_server({refusing.target(), resetting.target()}, kAmple);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().failure, model::FailureClass::reset_before_answer);
    EXPECT_THAT(found.error().seen,
                HasSubstr("no address of the name answered: 127.0.0.1: Connection refused; "
                          "127.0.0.1: Connection reset"));
    const auto single = find_server({refusing.target()}, kAmple);
    ASSERT_FALSE(single);
    EXPECT_EQ(single.error().seen, "Connection refused");
}

TEST(Probe, RefusesBytesAfterTheEndOfTheAnswer) {
    const ProbeFailure more = failure_of(Behaviour::extra_byte);
    EXPECT_EQ(more.failure, model::FailureClass::malformed_answer);
    EXPECT_THAT(more.seen, HasSubstr("1 bytes come after the end of the answer: HTTP/1.1 200"));
}

TEST(Probe, KeepsToOneDeadline) {
    const FaultServer server(Behaviour::silence);
    const auto start = std::chrono::steady_clock::now();
    const auto report = fetch(server, 100ms);
    const auto took = std::chrono::steady_clock::now() - start;
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().failure, model::FailureClass::timeout);
    EXPECT_GE(took, 100ms);
    EXPECT_LT(took, 50s);
}

TEST(Probe, TakesNoTimeWhenThereIsNone) {
    const FaultServer server(Behaviour::right);
    const auto report = fetch(server, 0s);
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().failure,
                testing::AnyOf(model::FailureClass::timeout, model::FailureClass::connect_timeout));
}

TEST(Probe, SaysThatAMissingUnixSocketIsMissing) {
    const auto report = probe(parse_url("unix:/nonexistent/x.sock:/text").value(), kAmple);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().failure, model::FailureClass::connect_refused);
    EXPECT_EQ(report.error().seen, "No such file or directory");
}

TEST(Probe, GivesUpAConnectThatIsNeverTaken) {
    const FullBacklog server;
    const auto report = probe(server.target(), 100ms);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().failure, model::FailureClass::connect_timeout);
    EXPECT_EQ(report.error().seen, "no connection within 100ms");
}

class NoDescriptors {
  public:
    NoDescriptors() {
        EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
        const rlimit none{0, before_.rlim_max};
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    }
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

  private:
    rlimit before_{};
};

TEST(Probe, SaysThatNoDescriptorIsLeft) {
    const FaultServer server(Behaviour::refuse);
    const Target target = server.target();
    const NoDescriptors none;
    const auto report = probe(target, kAmple);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().failure, model::FailureClass::no_port_or_fd);
    EXPECT_EQ(report.error().seen, "Too many open files");
}

}  // namespace
}  // namespace benchhost::http
