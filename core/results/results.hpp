// results.json as C++: the contract between measuring and telling (docs/results-schema.json).
// Unknown is an empty optional and is left out of the file; never 0, never -1.
//
// The description under each struct names its members in the order of the file: what is written,
// read and held against the schema follows from it.
#pragma once

#include "core/base/described.hpp"
#include "core/base/result.hpp"
#include "core/model/counters.hpp"
#include "core/model/load_model.hpp"
#include "core/model/machine_health.hpp"
#include "core/model/request_spec.hpp"
#include "core/model/verdict.hpp"
#include "core/results/in_file.hpp"
#include "core/stats/histogram.hpp"
#include "core/stats/stored_histogram.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace benchhost::results {

inline constexpr const char* kSchema = "benchhost.results/2";
/// Is read too: it repeated in each trial what it knew of the server, and had of a load its name.
inline constexpr const char* kSchemaBefore = "benchhost.results/1";

struct Requests {
    std::uint64_t planned = 0;
    std::uint64_t sent = 0;
    std::uint64_t ok = 0;
    std::map<std::string, std::uint64_t> failed;  ///< by class, only classes that occurred
    std::uint64_t shed = 0;
    std::uint64_t unsent = 0;
    std::uint64_t unfinished = 0;
    std::uint64_t failed_total() const;
};
BOOST_DESCRIBE_STRUCT(Requests, (), (planned, sent, ok, failed, shed, unsent, unfinished))
template <>
inline constexpr std::tuple kAlways<Requests>{&Requests::failed, &Requests::unsent};

/// What became in the window of the requests that were under way or begun in it, by the time at
/// which they ended (model::EndBooks). Its rate and failures are those of the table.
struct EndedRequests {
    std::uint64_t under_way_at_start = 0;
    std::uint64_t begun = 0;
    std::uint64_t ok = 0;
    std::map<std::string, std::uint64_t> failed;  ///< by class, only classes that occurred
    std::uint64_t under_way_at_end = 0;
    std::uint64_t throughout = 0;
    std::uint64_t failed_total() const;
};
BOOST_DESCRIBE_STRUCT(EndedRequests, (),
                      (under_way_at_start, begun, ok, failed, under_way_at_end, throughout))
template <>
inline constexpr std::tuple kAlways<EndedRequests>{&EndedRequests::failed};

/// Milliseconds. Percentiles are absent when there were no values.
struct LatencySummary {
    double mean = 0, p50 = 0, p75 = 0, p90 = 0, p95 = 0, p99 = 0, p99_9 = 0, max = 0;
};
BOOST_DESCRIBE_STRUCT(LatencySummary, (), (mean, p50, p75, p90, p95, p99, p99_9, max))
template <>
inline constexpr const char* kKey<&LatencySummary::p99_9> = "p99.9";
std::optional<LatencySummary> summarise(const stats::StoredHistogram& histogram);

struct SeriesPoint {
    std::uint32_t t = 0;  ///< seconds since the start of the window
    std::uint64_t ok = 0;
    std::uint64_t failed = 0;
    std::optional<double> p50_ms;
    std::optional<double> p99_ms;
    std::optional<std::uint64_t> rss_bytes;
    std::optional<double> cpu_s;  ///< of the server, in this second
};
BOOST_DESCRIBE_STRUCT(SeriesPoint, (), (t, ok, failed, p50_ms, p99_ms, rss_bytes, cpu_s))

/// A moment of the warm-up, for whoever looks whether it was long enough; counts in no figure.
struct WarmupPoint {
    double t = 0;  ///< seconds from the start of the window, negative
    double requests_per_s = 0;
    std::optional<double> p99_ms;
};
BOOST_DESCRIBE_STRUCT(WarmupPoint, (), (t, requests_per_s, p99_ms))

using model::Bytes;
using model::Connections;

struct ServerUsage {
    std::optional<double> cpu_s;
    std::optional<double> cpu_us_per_request;
    std::optional<std::uint64_t> rss_idle_bytes, rss_peak_bytes, rss_after_bytes, pss_peak_bytes;
    std::optional<std::uint64_t> processes, threads, voluntary_switches, involuntary_switches,
        open_files;
    /// Shares of the window, of the threads that worked: the one that did least and the one that
    /// did most.
    std::optional<double> least_busy_thread = std::nullopt, busiest_thread = std::nullopt;
    /// How many processors it may use at once, by its processors and quotas.
    std::optional<double> processors = std::nullopt;
    /// How long its threads were ready to run and waited for a processor in the window, summed.
    std::optional<double> run_delay_s = std::nullopt;
    /// Of one processor, after the load was over: what it spends on nothing. Looked at only where
    /// the verdict hangs on it.
    std::optional<double> idle_cpu_share = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(ServerUsage, (),
                      (cpu_s, cpu_us_per_request, rss_idle_bytes, rss_peak_bytes, rss_after_bytes,
                       pss_peak_bytes, processes, threads, voluntary_switches, involuntary_switches,
                       open_files, least_busy_thread, busiest_thread, processors, run_delay_s,
                       idle_cpu_share))

struct ClientUsage {
    std::optional<double> cpu_s;
    std::optional<double> cpu_us_per_request;
    std::optional<double> max_thread_utilisation;
    std::optional<double> ceiling_per_s;  ///< requests/s at which its threads would be full
    /// The longest that one of its threads was ready to run and waited for a processor, in all of
    /// the window.
    std::optional<double> run_delay_s = std::nullopt;
    /// The longest that one of its threads did nothing although it was due.
    std::optional<double> longest_absence_s = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(ClientUsage, (),
                      (cpu_s, cpu_us_per_request, max_thread_utilisation, ceiling_per_s,
                       run_delay_s, longest_absence_s))

/// How the answer of the route looked when it was probed before the measurement.
struct ProbedAnswer {
    std::uint64_t body_bytes = 0;
    std::uint64_t wire_bytes = 0;
    std::string http_version;  ///< "HTTP/1.1"
    bool keeps_alive = false;
};
BOOST_DESCRIBE_STRUCT(ProbedAnswer, (), (body_bytes, wire_bytes, http_version, keeps_alive))

/// One load among several that a trial put on its server.
struct LoadStep {
    double load = 0;              ///< users, or requests/s
    std::optional<double> share;  ///< of the server's own capacity, where the load was set as such
    bool passed = false;
    double requests_per_s = 0;
    std::uint64_t failed = 0;  ///< failed, unfinished, or due and never sent
    std::optional<double> p50_ms;
    std::optional<double> p99_ms;
    std::optional<double> cpu_us_per_request;
    std::optional<std::uint64_t> rss_bytes;
    std::string why;  ///< why it did not pass
    /// By plan, as in Requests: what its percentiles are of, and out of how many. Absent in older
    /// files.
    std::optional<std::uint64_t> planned = std::nullopt, ok = std::nullopt;
    std::optional<model::Verdict> verdict = std::nullopt;
};
BOOST_DESCRIBE_STRUCT(LoadStep, (),
                      (load, share, passed, requests_per_s, failed, p50_ms, p99_ms,
                       cpu_us_per_request, rss_bytes, why, planned, ok, verdict))
template <>
inline constexpr std::tuple kUnlessEmpty<LoadStep>{&LoadStep::why};

/// load = rate with several rates: each of them, in the order they ran.
struct Sweep {
    /// What a closed loop reached before, requests/s; where rates are shares of it.
    std::optional<double> capacity_per_s;
    std::vector<LoadStep> steps;
};
BOOST_DESCRIBE_STRUCT(Sweep, (), (capacity_per_s, steps))

/// load = limit: what the search found.
struct LimitFound {
    std::string of;                    ///< "users" | "rate"
    std::optional<double> highest_ok;  ///< confirmed; absent when even the least load failed
    std::optional<double> first_failed;
    std::string why;  ///< class, example, or the broken objective
    std::vector<LoadStep> steps;
};
BOOST_DESCRIBE_STRUCT(LimitFound, (), (of, highest_ok, first_failed, why, steps))
template <>
inline constexpr std::tuple kUnlessEmpty<LimitFound>{&LimitFound::why};

/// What one of several processes that generated a load together (ranks, under MPI) did of it.
struct LoadPart {
    std::uint32_t rank = 0;
    std::string host;
    std::uint32_t first_thread = 0;  ///< its threads are numbers first_thread and on of all
    std::uint32_t threads = 0;
    std::uint64_t connections = 0;
    std::uint64_t seed = 0;  ///< of the load; think times are drawn from it and the thread's number
    /// Its monotonic clock minus the coordinator's just before the start, and how far off that may
    /// be: half of the shortest round trip. Absent for the coordinator itself.
    std::optional<double> clock_offset_us, clock_uncertainty_us;
    double duration_s = 0;
    Requests requests;
    std::optional<EndedRequests> ended;
    std::optional<double> requests_per_s;
    std::optional<double> round_trip_ms;  ///< from its host to the server's and back
    std::optional<LatencySummary> response_time_ms, send_lag_ms;
    std::optional<stats::StoredHistogram> histogram;  ///< response time
    ClientUsage client_usage;
    std::optional<model::MachineHealth>
        machine;  ///< of its host; absent where the server runs on it too
    std::optional<model::Verdict> verdict;
    std::optional<std::string> verdict_why;
};
BOOST_DESCRIBE_STRUCT(LoadPart, (),
                      (rank, host, first_thread, threads, connections, seed, clock_offset_us,
                       clock_uncertainty_us, duration_s, requests, ended, requests_per_s,
                       round_trip_ms, response_time_ms, send_lag_ms, histogram, client_usage,
                       machine, verdict, verdict_why))
template <>
inline constexpr std::tuple kAlways<LoadPart>{&LoadPart::client_usage};

/// What became of one kind of request of a mix, by plan.
struct RequestResult {
    std::string name;
    Requests requests;
    std::map<std::string, std::string> first_failures;  ///< by class: what was seen first
    std::optional<LatencySummary> response_time_ms;
    std::optional<stats::StoredHistogram> histogram;  ///< response time
};
BOOST_DESCRIBE_STRUCT(RequestResult, (),
                      (name, requests, first_failures, response_time_ms, histogram))

struct Trial {
    std::string server;   ///< id of one of the servers
    std::string profile;  ///< name of one of the profiles
    std::uint32_t round = 1;
    /// The machine spoilt it, and a later trial of the same round stands in its place.
    bool superseded = false;
    model::Outcome outcome = model::Outcome::skipped;
    std::optional<std::string> stage;   ///< where it failed: "ready", "probe", "measure", ...
    std::optional<std::string> reason;  ///< in words, for failed and skipped
    std::vector<std::string> log_tail;
    std::optional<model::Verdict> verdict;
    std::optional<std::string> verdict_why;
    std::optional<std::string> started_at;  ///< RFC 3339, UTC
    std::optional<std::string> address;     ///< of a server elsewhere: the one that answered
    std::optional<double> ready_ms;         ///< from spawn to the first right answer
    std::optional<double> stop_ms;          ///< from the wish to stop to the end of all processes
    std::optional<double> took_s;           ///< the whole trial, launch to end
    std::optional<double> calm_s;           ///< waited before it for a calm machine
    std::optional<double> duration_s;
    std::optional<Requests> requests;                   ///< by plan
    std::optional<EndedRequests> ended;                 ///< by end; absent in older files
    std::map<std::string, std::string> first_failures;  ///< by class: what was seen first
    std::optional<double> requests_per_s;               ///< verified answers only
    std::optional<double> offered_per_s;                ///< the most the load model could ask
    /// To the server's machine and back, and the most requests/s that can come back over it by as
    /// many as may be under way at once. Absent in older files, and for a unix socket.
    std::optional<double> round_trip_ms, link_ceiling_per_s;
    std::vector<RequestResult> by_request;  ///< in the order of the mix; empty for a single request
    std::optional<LatencySummary> response_time_ms, service_time_ms, send_lag_ms;
    /// Of requests that were planned before the window and answered later: the most time that one
    /// was on the wire in the window. It is in none of the times above. Absent in older files.
    std::optional<double> longest_cut_stay_ms;
    std::optional<stats::StoredHistogram> histogram;          ///< response time
    std::optional<stats::StoredHistogram> service_histogram;  ///< only where it differs from it
    std::vector<WarmupPoint> warmup;
    std::vector<SeriesPoint> series;
    std::optional<Connections> connections;
    std::optional<Bytes> bytes;
    std::optional<ProbedAnswer> probed;
    std::optional<ServerUsage> server_usage;
    std::optional<ClientUsage> client_usage;
    std::optional<model::MachineHealth> machine;
    std::map<std::string, std::string> effective_limits;  ///< what was really in force
    std::optional<LimitFound> limit;
    std::optional<Sweep> sweep;
    std::vector<LoadPart> parts;  ///< by rank; empty when one process generated the load
    std::vector<std::string> notes;
};
BOOST_DESCRIBE_STRUCT(Trial, (),
                      (server, profile, round, superseded, outcome, stage, reason, log_tail,
                       verdict, verdict_why, started_at, address, ready_ms, stop_ms, took_s, calm_s,
                       duration_s, requests, ended, first_failures, requests_per_s, offered_per_s,
                       round_trip_ms, link_ceiling_per_s, by_request, response_time_ms,
                       service_time_ms, send_lag_ms, longest_cut_stay_ms, histogram,
                       service_histogram, warmup, series, connections, bytes, probed, server_usage,
                       client_usage, machine, effective_limits, limit, sweep, parts, notes))
template <>
inline constexpr std::tuple kAlways<Trial>{&Trial::round};
template <>
inline constexpr std::tuple kUnlessEmpty<Trial>{&Trial::server, &Trial::profile,
                                                &Trial::superseded};

/// A load with all that belongs to it, or its name where no more is known of it.
using Load = std::variant<std::string, model::TrialLoad>;

/// The bytes that the answers of a route are held against.
struct PayloadInfo {
    std::uint64_t bytes = 0;
    std::string sha256;
};
BOOST_DESCRIBE_STRUCT(PayloadInfo, (), (bytes, sha256))

/// A file that a request picks lines from.
struct PickInfo {
    std::string file;  ///< as the config names it
    std::uint64_t bytes = 0;
    std::string sha256;
};
BOOST_DESCRIBE_STRUCT(PickInfo, (), (file, bytes, sha256))

/// A request of a profile, with its placeholders. Bodies are known by their size and checksum.
struct RequestInfo {
    std::string name;
    std::string method;
    std::string path;
    std::vector<model::HeaderField> headers;
    std::optional<PayloadInfo> body = std::nullopt;
    unsigned expect_status = 200;
    std::optional<PayloadInfo> expect_body = std::nullopt;
    std::vector<model::HeaderField> expect_headers = {};
    std::uint32_t weight = 1;
    std::vector<model::TakeSpec> takes = {};
    std::optional<DurationRange> think_time = std::nullopt;
    std::vector<PickInfo> picks = {};
};
BOOST_DESCRIBE_STRUCT(RequestInfo, (),
                      (name, method, path, headers, body, expect_status, expect_body,
                       expect_headers, weight, takes, think_time, picks))
template <>
inline constexpr std::tuple kAlways<RequestInfo>{&RequestInfo::weight};

/// A profile as it was measured. Whether two results measured the same follows from its members but
/// for the name and the description, which is for people.
struct ProfileInfo {
    std::string name;
    std::string route;  ///< "text"; empty where it has requests of its own
    Load load;
    std::string
        description;  ///< "closed loop, not corrected; 64 connections, 10s after 2s warm-up"
    /// The window of each load but for a search, which has one of its own.
    std::optional<Nanoseconds> duration = std::nullopt;
    std::optional<Nanoseconds> warmup = std::nullopt, timeout = std::nullopt;
    std::optional<bool> keep_alive = std::nullopt;
    std::optional<std::uint32_t> connection_requests = std::nullopt;
    std::optional<std::uint32_t> pipeline = std::nullopt;
    std::optional<model::Verify> verify = std::nullopt;
    std::optional<PayloadInfo> payload = std::nullopt;
    std::vector<RequestInfo> requests = {};
    bool flow = false;     ///< each user asks them one after the other
    bool cookies = false;  ///< each user sends back those that it was given
};
BOOST_DESCRIBE_STRUCT(ProfileInfo, (),
                      (name, route, load, description, duration, warmup, timeout, keep_alive,
                       connection_requests, pipeline, verify, payload, requests, flow, cookies))
template <>
inline constexpr std::tuple kUnlessEmpty<ProfileInfo>{&ProfileInfo::route, &ProfileInfo::flow,
                                                      &ProfileInfo::cookies};
std::string load_name(const Load& load);  ///< "closed" ...
/// What the profile asks, in a few words: "/text", "list:70, add:30"; "" where it is not known.
std::string asked_in_words(const ProfileInfo& profile);

/// What all servers and the generator ran under.
struct LimitsInfo {
    std::string server_cpus, client_cpus;         ///< "0-3", as they were divided; empty: anywhere
    std::map<std::string, std::uint64_t> server;  ///< those of [limits] that a server has, by key
    std::optional<std::string> user = std::nullopt;  ///< as whom servers ran; absent: as benchhost
};
BOOST_DESCRIBE_STRUCT(LimitsInfo, (), (server_cpus, client_cpus, server, user))
template <>
inline constexpr std::tuple kUnlessEmpty<LimitsInfo>{&LimitsInfo::server_cpus,
                                                     &LimitsInfo::client_cpus};

/// A server of the suite; trials name it by its id.
struct ServerInfo {
    std::string id;
    std::optional<std::string> name = std::nullopt;  ///< for people
    std::optional<std::string> version = std::nullopt;
    std::map<std::string, std::string> details = {};  ///< language, interpreter, loop, ...
    std::map<std::string, std::string> options = {};  ///< that the config gives it
};
BOOST_DESCRIBE_STRUCT(ServerInfo, (), (id, name, version, details, options))

/// The config of the suite, as read, and a comment for each --set.
struct ConfigCopy {
    std::string file;
    std::string text;
};
BOOST_DESCRIBE_STRUCT(ConfigCopy, (), (file, text))
template <>
inline constexpr std::tuple kAlways<ConfigCopy>{&ConfigCopy::file, &ConfigCopy::text};

struct ResultSet {
    std::string suite;
    std::string benchhost_version;
    std::string created_at;  ///< RFC 3339, UTC
    std::map<std::string, std::string> environment;
    ConfigCopy config;
    std::uint64_t seed = 0;
    std::uint32_t rounds = 1;
    bool interrupted = false;
    /// Measured with --quick, and with these --set, as given: "suite.seed=7". Absent in older
    /// files.
    std::optional<bool> quick;
    std::vector<std::string> overrides;
    std::optional<LimitsInfo> limits;
    std::vector<ServerInfo> servers;    ///< in the order of the suite, each id once
    std::vector<ProfileInfo> profiles;  ///< in the order of the config
    std::vector<Trial> trials;          ///< in the order they ran
};
BOOST_DESCRIBE_STRUCT(ResultSet, (),
                      (suite, benchhost_version, created_at, environment, config, seed, rounds,
                       interrupted, quick, overrides, limits, servers, profiles, trials))
template <>
inline constexpr std::tuple kAlways<ResultSet>{&ResultSet::benchhost_version,
                                               &ResultSet::created_at,
                                               &ResultSet::environment,
                                               &ResultSet::config,
                                               &ResultSet::seed,
                                               &ResultSet::rounds,
                                               &ResultSet::interrupted,
                                               &ResultSet::servers,
                                               &ResultSet::profiles,
                                               &ResultSet::trials};

/// The items by a name that each has, such as &ServerInfo::id; of several the first. They live in
/// `items`.
template <class Item>
std::map<std::string, const Item*> by_name(const std::vector<Item>& items,
                                           std::string Item::*name) {
    std::map<std::string, const Item*> found;
    for (const Item& item : items) {
        found.emplace(item.*name, &item);
    }
    return found;
}

std::string to_json(const ResultSet& results);
std::string to_json(const Trial& trial);
/// The largest file of results or of one trial that is read.
inline constexpr std::uint64_t kMostBytes = std::uint64_t{128} * 1024 * 1024;

/// The error (code data) says what is wrong and where in the file.
Result<ResultSet> parse_results(const std::string& json);
Result<Trial> parse_trial(const std::string& json);

/// `path` is the file or the folder of a suite, which holds results.json. An error is of code usage
/// when the file cannot be read, of code data when it is wrong.
Result<ResultSet> read_results(const std::filesystem::path& path);
/// Whole or not at all: written beside, flushed to the disk, renamed.
Status write_file(const std::filesystem::path& path, const std::string& content);

}  // namespace benchhost::results
