// The table of a profile as data: what every format shows, decided once.
#pragma once

#include "core/results/results.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace benchhost::report {

/// One quantity over the rounds in which it is known.
struct OverRounds {
    double median = 0;
    double least = 0;
    double most = 0;
    std::size_t rounds = 0;
    bool at_least = false;       ///< the median is a lower bound: it may be more, by whatever much
    bool some_at_least = false;  ///< the value of some round is, so that the range is not known
    /// Half the range of the rounds as a share of the median; absent for a single round.
    std::optional<double> spread() const;
};

/// A value of one round, which may be no more than a lower bound.
struct Reading {
    double value = 0;
    bool at_least = false;
};

/// Over all of `values`; absent when there are none.
std::optional<OverRounds> over_rounds(std::vector<double> values);
std::optional<OverRounds> over_readings(std::vector<Reading> readings);
std::optional<double> median_of(const std::optional<OverRounds>& value);

/// Where a row stands. Only measured rows have numbers that may be compared.
enum class Standing {
    measured,  ///< every round was measured
    invalid,   ///< measured, but no number of it can be trusted
    failed,    ///< at least one round failed
    skipped,   ///< no round was run
};

/// One server under one profile, over all rounds.
struct Row {
    std::string server;  ///< id
    std::string label;   ///< for people: name and version, made unique
    /// "production", "tuned" or "raw", as its author declared; "" when not declared.
    std::string declared_class;
    Standing standing = Standing::measured;
    std::vector<const results::Trial*> trials;  ///< by round; they live in the ResultSet

    /// Ended in the window, right or failed, and failed of these; sums of the rounds.
    std::optional<std::uint64_t> total_requests, failed_requests;
    std::uint64_t shed_requests = 0;  ///< due but never sent, sum of the rounds
    std::optional<OverRounds> requests_per_s, p50_ms, p99_ms, p99_9_ms, cpu_us_per_request;
    std::optional<OverRounds> rss_idle_bytes, rss_peak_bytes;
    std::optional<OverRounds> lost_share;     ///< of the requests or connections, whichever is more
    std::optional<OverRounds> highest_load;   ///< load = limit: confirmed without failure
    std::optional<double> first_failed_load;  ///< load = limit: the least load that failed
    std::optional<OverRounds> capacity_per_s;  ///< several rates: of the closed loop before them
    /// Several rates: p99 at each, in the order of the table's step_labels.
    std::vector<std::optional<OverRounds>> p99_ms_by_step;

    bool lost_too_much = false;  ///< some round did: its numbers do not tell how fast it is
    bool contradicts = false;    ///< the figures of some round cannot all be true
    /// Something else than the server ended its ordering value, which is a lower bound.
    bool is_bound = false;
    /// In the table, when it is ranked: server-bound, and its ordering value is known.
    std::optional<std::uint64_t> place;
    std::string rank;                       ///< "1a", "(2)" or "–"
    bool alone_first = false;               ///< first, and no other server shares the place
    std::optional<model::Verdict> verdict;  ///< of most rounds, or the gravest
    std::string verdict_text;               ///< "server-bound", "server-bound 4/5", "failed 1/5"
    std::vector<std::string> notes;         ///< reasons in words, one sentence each
};

/// What the rows of a profile are ordered by.
enum class Order { requests_per_s, p99, highest_load };

/// The first row that competes against the next one that is no bound, and how sure that is.
struct Lead {
    std::size_t first = 0, second = 0;  ///< indices of rows
    bool is_proven = false;             ///< significantly ahead, after Holm over all pairs
    /// By which share the first exceeds the second, and between which it lies.
    std::optional<double> share, least, most;
};

/// What the rounds tell of the order of a table.
struct Contest {
    bool is_tested = false;
    std::size_t rounds_needed = 0;  ///< for a test of all pairs; 0: there is no pair
    std::optional<Lead> lead;       ///< absent when fewer than two rows compete
};

struct ProfileTable {
    results::ProfileInfo profile;
    std::string load_unit;  ///< load = limit: "users" or "requests/s"; several rates: the latter
    std::vector<std::string> step_labels;  ///< several rates: "20 %" or "1,000/s"
    Order order = Order::requests_per_s;
    bool shows_class = false;  ///< some row's class is declared
    std::uint32_t rounds = 0;  ///< the most any server ran
    Contest contest;
    std::string ranking_caption;  ///< how the ranks came about; "": the headline says it
    std::vector<Row> rows;        ///< best first; invalid, failed and skipped at the bottom
};

/// One table a profile, in the order of the config; a profile no trial ran under has an empty
/// table. The rows point into `results`.
std::vector<ProfileTable> make_tables(const results::ResultSet& results);
std::vector<ProfileTable> make_tables(const results::ResultSet&& results) = delete;

/// The number the rows of a table are ordered by.
const std::optional<OverRounds>& ordering_value(const Row& row, Order order);

}  // namespace benchhost::report
