// The checks that weigh, with every processor wanted by many: real servers, right and wrong.
#include "core/base/temporary_folder.hpp"
#include "core/conformance/fairness_checks.hpp"
#include "core/conformance/life_checks.hpp"
#include "core/conformance/wire_checks.hpp"
#include "core/trial/running_server.hpp"
#include "tests/fixtures/sanitizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace benchhost::conformance {
namespace {

using testing::HasSubstr;

/// Threads that want every processor, many times over.
class BusyMachine {
  public:
    BusyMachine() {
        constexpr unsigned kForEachProcessor = 5;
        for (unsigned i = 0; i < kForEachProcessor * std::thread::hardware_concurrency(); ++i) {
            threads_.emplace_back([this] {
                while (!over_) {
                }
            });
        }
    }
    ~BusyMachine() {
        over_ = true;
        for (auto& thread : threads_) {
            thread.join();
        }
    }
    BusyMachine(const BusyMachine&) = delete;
    BusyMachine& operator=(const BusyMachine&) = delete;

  private:
    std::atomic<bool> over_ = false;
    std::vector<std::thread> threads_;
};

class OnABusyMachine : public testing::Test {
  protected:
    /// A server of the fixtures, started before the machine is busy.
    Subject start(const std::string& plugin, const std::string& id, std::size_t json_members = 3) {
        payload_ = NoncePayload::make(folder_.path(), json_members).value();
        trial::LaunchSettings settings;
        settings.serve_executable = BENCHHOST_BINARY_DIR "/benchhost-serve";
        settings.routes = payload_->given();
        plugin::ServerUnderTest server;
        server.id = id;
        server.plugin = BENCHHOST_FIXTURE_PLUGINS "/" + plugin + ".so";
        server.description.id = id;
        for (const auto route : kAll<model::Route>) {
            if (model::is_usual(model::facts_of(route).form)) {
                server.description.routes.push_back(route);
            }
        }
        auto launched = trial::ProcessLauncher(std::move(settings)).launch(server, folder_.path());
        Subject subject(std::move(launched.value()), *payload_, false);
        busy_.emplace();
        return subject;
    }

  private:
    TemporaryFolder folder_ = TemporaryFolder::make("busy-machine-test").value();
    std::optional<NoncePayload> payload_;
    std::optional<BusyMachine> busy_;
};

TEST_F(OnABusyMachine, AServerThatSpinsIsSeenToSpin) {
    auto subject = start("spins", "spins");
    const auto finding = check_rest(subject);
    EXPECT_EQ(finding.grade, Grade::fail) << finding.why;
    EXPECT_THAT(finding.why, HasSubstr("it spins"));
}

TEST_F(OnABusyMachine, AServerThatRestsIsNotAccused) {
    auto subject = start("good", "good");
    const auto finding = check_rest(subject);
    EXPECT_TRUE(finding.grade == Grade::pass || finding.why.find("cannot tell") == 0)
        << finding.why;
}

TEST_F(OnABusyMachine, AServerThatSerialisesOnceIsNotBelieved) {
    if (fixtures::kUnderThreadSanitizer) {
        GTEST_SKIP() << "its cost is more than what is told by cost";
    }
    auto subject = start("serialises_once", "serialises-once", kTellingJsonMembers);
    const auto finding = check_json_is_serialised(subject);
    EXPECT_NE(finding.grade, Grade::pass) << finding.why;
}

TEST_F(OnABusyMachine, AServerThatSerialisesIsNotAccused) {
    auto subject = start("good", "good", kTellingJsonMembers);
    const auto finding = check_json_is_serialised(subject);
    EXPECT_NE(finding.grade, Grade::fail) << finding.why;
}

TEST_F(OnABusyMachine, AnswersThatWaitForAnAcknowledgementAreToldFromSlowOnes) {
    auto subject = start("delays_body", "delays-body");
    const auto finding = check_delayed_ack(subject);
    EXPECT_EQ(finding.grade, Grade::warn);
    EXPECT_THAT(finding.why, testing::AnyOf(HasSubstr("TCP_NODELAY"), HasSubstr("cannot tell")));
}

TEST_F(OnABusyMachine, AnswersThatAreMerelySlowAreNotAccused) {
    auto good = start("good", "good");
    const auto finding = check_delayed_ack(good);
    EXPECT_TRUE(finding.grade == Grade::pass || finding.why.find("cannot tell") == 0)
        << finding.why;
}

TEST_F(OnABusyMachine, AServerStopsInTime) {
    auto subject = start("good", "good");
    const auto stopped = stop_idle(subject);
    EXPECT_TRUE(stopped.reading.end == StopReading::End::ended ||
                stopped.reading.end == StopReading::End::starved)
        << stopped.reading.how;
    EXPECT_EQ(check_nothing_left(stopped).grade, Grade::pass);
}

}  // namespace
}  // namespace benchhost::conformance
