// What `benchhost load` was asked for.
#pragma once

#include "core/base/result.hpp"
#include "core/load/load.hpp"
#include "core/model/fail_condition.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace benchhost::cli {

/// The flags as they were given.
struct LoadOptions {
    std::vector<std::string> urls;
    std::uint32_t connections = 64;
    std::uint32_t threads = 1;
    std::string duration;
    std::string warmup = "0";
    std::string timeout = "2s";
    std::uint64_t requests = 0;
    std::uint32_t connection_requests = 0;
    std::string rate;
    std::string arrivals = "constant";
    std::uint32_t users = 0;
    std::string spawn_rate;
    std::string think_time;
    std::string method;
    std::vector<std::string> headers;
    std::string body;
    std::string body_file;
    std::string request_file;
    unsigned expect_status = 200;
    std::string expect_body;
    std::string expect_body_file;
    std::vector<std::string> expect_headers;
    std::vector<std::string> fail_if;
    std::uint32_t pipeline = 1;
    bool no_keep_alive = false;
    std::uint64_t seed = 1;
    std::vector<unsigned> cpus;
    bool json = false;
    bool no_progress = false;
};

void add_load_flags(CLI::App& command, LoadOptions& options);

/// All but the target, which a probe finds. Errors are of code usage.
Result<load::LoadSpec> spec_of(const LoadOptions& options);
Result<std::vector<model::FailCondition>> fail_conditions_of(const LoadOptions& options);

}  // namespace benchhost::cli
