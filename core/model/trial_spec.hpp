// Which trial of a suite.
#pragma once

#include <cstdint>
#include <string>

namespace benchhost::model {

/// One server under one profile in one round, in a fresh process.
struct TrialSpec {
    std::string server;
    std::string profile;
    std::uint32_t round = 1;  ///< from 1
    friend bool operator==(const TrialSpec&, const TrialSpec&) = default;
};

}  // namespace benchhost::model
