// However often it is asked, and whatever its connections are at: a server stops. A thousand times
// with BENCHHOST_STOPS=1000.
#include "core/base/units.hpp"
#include "core/process/server_process.hpp"
#include "raw_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace benchhost::test {
namespace {

using process::ServerProcess;

constexpr const char* kGetText = "GET /text HTTP/1.1\r\nHost: x\r\n\r\n";

int stops_asked() {
    const char* asked = std::getenv("BENCHHOST_STOPS");
    return asked != nullptr ? std::max(1, std::atoi(asked)) : 3;
}

/// What came of many stops.
struct Tally {
    int stops = 0;
    int hung = 0;
    int unclean = 0;
    Nanoseconds slowest{};
    std::string example;

    void add(const process::StopReport& report) {
        ++stops;
        hung += report.killed ? 1 : 0;
        unclean += report.clean ? 0 : 1;
        slowest = std::max(slowest, report.took);
        if (!report.clean) {
            example = report.how;
        }
    }
};

std::ostream& operator<<(std::ostream& out, const Tally& tally) {
    return out << tally.stops << " stops, " << tally.hung << " hung, " << tally.unclean
               << " not clean, the slowest " << to_milliseconds(tally.slowest) << " ms; "
               << tally.example;
}

/// A child for each life, as in a suite.
class Stops : public testing::TestWithParam<const char*> {
  protected:
    static std::optional<ServerProcess> start() {
        process::StartRequest request;
        request.serve_executable = BENCHHOST_BINARY_DIR "/benchhost-serve";
        request.plugin = std::string(BENCHHOST_BINARY_DIR "/plugins/") + GetParam() + ".so";
        request.server = GetParam();
        request.routes = {{model::Route::text, "text/plain", "Hello World!", {}}};
        auto started = ServerProcess::start(request);
        EXPECT_TRUE(started) << started.error().reason;
        return started ? std::optional(std::move(*started)) : std::nullopt;
    }

    template <class Live>
    static void stop_often(const std::string& when, const Live& live) {
        Tally tally;
        for (int i = 0; i < stops_asked() && !HasFatalFailure(); ++i) {
            auto server = start();
            ASSERT_TRUE(server);
            live(*server, tally);
        }
        std::cout << GetParam() << " " << when << ": " << tally << "\n";
        EXPECT_EQ(tally.unclean, 0) << tally;
    }
};

// Some connections have just ended, some have been used, some are open for no more than a moment.
TEST_P(Stops, WhileConnectionsComeAndGo) {
    stop_often("idle", [](ServerProcess& server, Tally& tally) {
        std::vector<std::unique_ptr<RawClient>> open;
        for (int i = 0; i < 60; ++i) {
            open.push_back(std::make_unique<RawClient>(server.port()));
            if (i % 3 == 0) {
                open.back()->send(kGetText);
                EXPECT_EQ(open.back()->read_answer().body, "Hello World!");
            }
            if (i % 5 == 4) {
                open.erase(open.begin());
            }
        }
        tally.add(server.stop());
    });
}

// The first requests of a load are under way, on connections that are hardly made.
TEST_P(Stops, WhenALoadHasJustBegun) {
    stop_often("busy", [](ServerProcess& server, Tally& tally) {
        std::atomic<int> answered = 0;
        std::vector<std::thread> clients;
        for (int i = 0; i < 16; ++i) {
            clients.emplace_back([&] {
                RawClient client(server.port());
                do {
                    client.send(kGetText);
                } while (client.read_answer().status == 200 && ++answered > 0);
            });
        }
        while (answered == 0) {
            std::this_thread::yield();
        }
        tally.add(server.stop());
        for (auto& client : clients) {
            client.join();
        }
    });
}

INSTANTIATE_TEST_SUITE_P(All, Stops, testing::Values("asio", "beast", "poco"),
                         [](const auto& about) { return std::string(about.param); });

}  // namespace
}  // namespace benchhost::test
