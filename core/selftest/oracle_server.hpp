// A server whose timing is known: what the generator measures is held against it.
#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/units.hpp"
#include "core/servers/listener.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace benchhost::selftest {

/// One thread, from start() to stop(), on the same clock as the generator. Stamps every request
/// when it is read, and answers it when its options say.
class OracleServer {
  public:
    struct Freeze {
        Nanoseconds after{};  ///< since the first request
        Nanoseconds length{};
    };
    struct Options {
        std::string answer;            ///< see canned_answer()
        Nanoseconds delay{};           ///< from reading a request to writing its answer, for each
        Nanoseconds service{};         ///< one request at a time, each taking so long, in order
        std::optional<Freeze> freeze;  ///< once, the thread does nothing for so long
    };

    static Result<std::unique_ptr<OracleServer>> start(servers::Listener listener, Options options);

    ~OracleServer();
    OracleServer(const OracleServer&) = delete;
    OracleServer& operator=(const OracleServer&) = delete;
    OracleServer(OracleServer&&) = delete;
    OracleServer& operator=(OracleServer&&) = delete;

    const http::Target& target() const { return listener_.target; }

    /// Joins the thread; what is still to be answered is not.
    void stop();

    // After stop().
    const std::vector<Instant>& arrivals() const { return arrivals_; }
    std::uint64_t answers() const { return answers_; }
    std::uint64_t connections() const { return connections_; }

  private:
    class Loop;

    OracleServer(servers::Listener listener, Options options);

    servers::Listener listener_;
    Options options_;
    UniqueFd stop_;
    std::vector<Instant> arrivals_;
    std::uint64_t answers_ = 0;
    std::uint64_t connections_ = 0;
    std::thread thread_;
};

}  // namespace benchhost::selftest
