// What a finished command tells the shell; a contract (README, "Exit codes").
#pragma once

#include "cli/standard_output.hpp"
#include "core/base/result.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace benchhost::cli {

enum ExitCode {
    kDone = 0,
    kSomethingFailed = 1,  ///< a trial (failed, invalid, lossy), a check, a regression
    kUsage = 2,            ///< command line or config
    kInconclusive = 3,     ///< compare: no verdict, or the machine is too noisy
    kInternal = 4,
    kInterrupted = 130,
};

inline ExitCode exit_code_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::usage:
        case ErrorCode::data:
            return kUsage;
        case ErrorCode::environment:
        case ErrorCode::server:
            return kSomethingFailed;
        case ErrorCode::interrupted:
            return kInterrupted;
        case ErrorCode::internal:
            break;
    }
    return kInternal;
}

/// Prints the error to stderr, whatever it quotes, and returns its exit code.
inline int report_error(const Error& error) {
    tell("benchhost: {}\n", error.message);
    return exit_code_of(error);
}

/// Prints what the user may want to know while nothing else happens (plugin::Notice).
inline void print_notice(const std::string& line) { tell("benchhost: {}\n", line); }

}  // namespace benchhost::cli
