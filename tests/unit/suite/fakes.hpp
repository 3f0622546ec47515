// A suite played without processes, sockets or time: what its servers can do is a line of the test.
#pragma once

#include "core/load/load.hpp"
#include "core/plan/payload.hpp"
#include "core/suite/journal.hpp"
#include "core/suite/load_generator.hpp"
#include "core/suite/loaded_window.hpp"
#include "core/suite/observer.hpp"
#include "core/suite/running_server.hpp"
#include "core/suite/suite_request.hpp"
#include "core/suite/suite_runner.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::suite::fakes {

/// What a server can do, by its id.
struct Role {
    double capacity = 1000;             ///< requests/s
    std::optional<double> dies_from{};  ///< the requests/s that it does not survive
    std::optional<process::ServerFault> does_not_start{};
    std::optional<std::string> body{};                     ///< a wrong one, for every route
    process::Availability availability{true, "", {}, {}};  ///< asked of programs
    std::vector<process::TreeUsage> usage{};               ///< one look after the other
};

/// Everything that happens in a test. One suite at a time.
struct Play {
    std::map<std::string, Role> roles;
    plan::Payload payload;
    std::atomic<bool> interrupted{false};
    std::chrono::steady_clock::time_point time{};  ///< every load takes its time by this clock
    /// Called with each load while it runs, and with its number from 1.
    std::function<void(load::LoadReport&, std::size_t)> meanwhile{};
    std::size_t loads_to_spoil = 0;  ///< so many of the next are machine-bound
    std::optional<double> ceiling{};
    std::optional<std::string> generator_lost{};

    std::vector<std::string> launched{};          ///< server ids
    std::vector<load::LoadSpec> loads{};          ///< as they were asked for
    std::vector<std::string> warnings{};          ///< to the observer
    std::vector<std::size_t> ended{};             ///< numbers of the trials that ended, likewise
    std::optional<process::ServerFault> fault{};  ///< of the server that runs
    std::string running{};                        ///< its id
};

class FakeLauncher : public ServerLauncher {
  public:
    explicit FakeLauncher(Play& play) : play_(play) {}
    Launched launch(const ServerUnderTest& server, const std::filesystem::path& directory) override;
    process::Availability availability(const ServerUnderTest& server) override;

  private:
    Play& play_;
};

/// Each load is what the running server's role makes of it, to the request.
class FakeGenerator : public LoadGenerator {
  public:
    explicit FakeGenerator(Play& play) : play_(play) {}
    Result<GeneratedLoad> run(load::LoadSpec spec, const std::atomic<bool>& stop,
                              load::ProgressObserver* observer) override;
    Result<std::optional<double>> ceiling(load::LoadSpec spec,
                                          const std::atomic<bool>& stop) override;
    std::optional<std::string> lost() const override { return play_.generator_lost; }

  private:
    Play& play_;
};

class FakeObserver : public SuiteObserver {
  public:
    explicit FakeObserver(Play& play) : play_(play) {}
    void on_suite_begin(std::size_t /*trials*/, std::size_t /*already_done*/) override {}
    void on_trial_begin(const plan::TrialSpec& /*trial*/, std::size_t /*number*/) override {}
    void on_progress(const load::Progress& /*progress*/) override {}
    void on_trial_end(const results::Trial& /*trial*/, std::size_t number) override {
        play_.ended.push_back(number);
    }
    void on_warning(const std::string& message) override { play_.warnings.push_back(message); }

  private:
    Play& play_;
};

/// A folder, a play and a suite of the servers "a" and "b" under the closed loop "text", one round.
class SuiteTest : public ::testing::Test {
  protected:
    SuiteTest();
    ~SuiteTest() override;

    static ServerUnderTest server(const std::string& id);
    /// Plans `rounds` rounds of every server under every profile, in this order.
    void plan(std::uint32_t rounds = 1);
    /// The only profile, under this load.
    void load_with(plan::TrialLoad load);

    Result<Journal> begin() const { return Journal::create(directory_ / "out", suite_, {}); }
    Result<Journal> resume() const { return Journal::reopen(directory_ / "out", suite_, {}); }
    /// What is measured of the suite; throws when it cannot be kept.
    results::ResultSet run(Journal& journal);
    /// Likewise, from the beginning to the end.
    results::ResultSet run();
    /// The trial of a suite that has one server and one round.
    results::Trial run_one();

    TrialContext context() {
        return {generator_, play_.interrupted, nullptr, [this] { return play_.time; }};
    }

    std::filesystem::path directory_;
    Play play_;
    PreparedSuite suite_;
    FakeLauncher launcher_{play_};
    FakeGenerator generator_{play_};
    FakeObserver observer_{play_};
};

}  // namespace benchhost::suite::fakes
