// benchhost beside a counting server: what it says of losses and delays that are known.
#pragma once

#include "core/results/results.hpp"
#include "tests/fixtures/command.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::fixtures {

using Words = std::vector<std::string>;

/// The server by itself, on a free port.
class Counting {
  public:
    explicit Counting(const Words& flags);
    std::string url() const { return "http://127.0.0.1:" + port_ + "/text"; }
    /// Ends it; what it counted, as it printed it.
    std::string stop();
    /// Of that, the number after `word`.
    static std::uint64_t counted(const std::string& counts, const std::string& word);

  private:
    Command command_;
    std::string port_;
};

/// Something else that wants each processor, until it is destroyed.
class BusyLoops {
  public:
    explicit BusyLoops(unsigned for_each_processor = 1);

  private:
    std::vector<std::unique_ptr<Command>> loops_;
};

class TruthCase : public ::testing::Test {
  protected:
    /// `benchhost load --json`; its trial, and its exit code in `exit_code_`.
    results::Trial load(const std::string& url, const Words& flags);
    /// A suite of this config, whose servers are written by server_section().
    results::ResultSet run(const std::string& config, const Words& flags = {});
    static std::string server_section(const std::string& id, const std::string& flags);
    /// "Tell" with the trial's verdict and why, for a failed expectation.
    static std::string said(const results::Trial& trial);

    TemporaryDirectory directory_;
    int exit_code_ = -1;
    std::string out_, err_;
};

}  // namespace benchhost::fixtures
