// Every section and key that a config may have; docs/configuration.md describes each of them.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::plan {

inline constexpr std::array<std::string_view, 6> kSuiteKeys{"name",    "servers", "repeats",
                                                            "retries", "calm",    "seed"};
inline constexpr std::array<std::string_view, 3> kPayloadKeys{"text", "json", "file"};
inline constexpr std::array<std::string_view, 5> kLimitsKeys{"server_cpus", "client_cpus", "memory",
                                                             "nofile", "processes"};
/// [gate] has these and kGateMetrics, each with its tolerance.
inline constexpr std::array<std::string_view, 2> kGateKeys{"alpha", "blocks"};
inline constexpr std::array<std::string_view, 2> kClusterKeys{"server_host", "interface"};
/// [server.<id>] has these and the options of the plugin's server.
inline constexpr std::array<std::string_view, 2> kServerKeys{"plugin", "url"};

/// Which load models a key of [profile.<name>] goes with.
enum LoadSet : unsigned {
    kClosed = 1,
    kUsers = 2,
    kRate = 4,
    kLimitOfUsers = 8,
    kLimitOfRate = 16,
    kLimit = kLimitOfUsers | kLimitOfRate,
    kAnyLoad = kClosed | kUsers | kRate | kLimit,
};

struct ProfileKey {
    std::string_view name;
    unsigned loads;  ///< a LoadSet
};

inline constexpr std::array<ProfileKey, 26> kProfileKeys{{
    {"route", kAnyLoad},
    {"load", kAnyLoad},
    {"duration", kClosed | kUsers | kRate},
    {"warmup", kAnyLoad},
    {"timeout", kAnyLoad},
    {"keep_alive", kAnyLoad},
    {"verify", kAnyLoad},
    {"csv", kAnyLoad},
    {"connections", kClosed | kRate | kLimitOfRate},
    {"pipeline", kClosed},
    {"users", kUsers},
    {"spawn_rate", kUsers | kLimitOfUsers},
    {"think_time", kUsers | kLimitOfUsers},
    {"rate", kRate},
    {"rates", kRate},
    {"arrivals", kRate | kLimitOfRate},
    {"stages", kRate},
    {"of", kLimit},
    {"start", kLimit},
    {"step", kLimit},
    {"most", kLimit},
    {"step_duration", kLimit},
    {"resolution", kLimit},
    {"search_time", kLimit},
    {"fail_above", kLimit},
    {"slo_p99", kLimit},
}};

/// For messages: the names of the load models in `loads`, such as "load = users or limit".
std::string names_of(unsigned loads);

}  // namespace benchhost::plan
