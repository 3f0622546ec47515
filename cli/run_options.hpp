// The flags of a run, on whichever program it is started.
#pragma once

#include "core/suite/suite_request.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace benchhost::cli {

struct RunOptions {
    suite::SuiteRequest request;
    std::filesystem::path out;
    std::filesystem::path resume;
    bool dry_run = false;
    bool no_progress = false;
};

/// Adds `run`, and the same flags without a command. `run` is called with what was asked while
/// `action` is carried out, and returns the exit code.
void add_run_flags(CLI::App& app, std::function<int()>& action,
                   const std::function<int(RunOptions)>& run);

}  // namespace benchhost::cli
