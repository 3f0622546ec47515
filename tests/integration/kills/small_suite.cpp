#include "tests/integration/kills/small_suite.hpp"

#include "tests/fixtures/eventually.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

namespace benchhost::kills {
namespace {

namespace fs = std::filesystem;
using fixtures::copy_programs;
using fixtures::eventually;
using fixtures::processes_with;
using fixtures::write_text;
using model::Outcome;
using results::Trial;

constexpr std::size_t kServers = 2;
constexpr std::size_t kProfiles = 3;

std::string suite_text(std::chrono::milliseconds window, std::chrono::milliseconds timeout,
                       unsigned retries) {
    const auto profile = [&](const char* name, const char* load) {
        return fmt::format(
            "[profile.{}]\nroute = text\n{}duration = {}ms\nwarmup = 50ms\ntimeout = {}ms\n", name,
            load, window.count(), timeout.count());
    };
    return fmt::format(
               "[suite]\nname = small\nservers = epoll, asio\nrepeats = 1\nretries = {}\n"
               "calm = 0\n",
               retries) +
           profile("closed", "load = closed\nconnections = 4\n") +
           profile("rate", "load = rate\nrate = 500/s\nconnections = 4\n") +
           profile("users",
                   "load = users\nusers = 20\nspawn_rate = 1000/s\nthink_time = 5ms..15ms\n");
}

bool is_unfinished(const std::string& name) {
    constexpr std::string_view kExample = ".1a2b3c4d";
    if (name.size() <= kExample.size()) {
        return false;
    }
    const auto suffix = name.substr(name.size() - kExample.size());
    return suffix.front() == '.' &&
           suffix.find_first_not_of("0123456789abcdef", 1) == std::string::npos;
}

std::optional<std::string> why_books_are_wrong(const Trial& trial) {
    if (!trial.requests || !trial.ended || !trial.requests_per_s || !trial.duration_s ||
        !trial.verdict || !trial.client_usage) {
        return "it lacks what every measured trial has";
    }
    const auto& planned = *trial.requests;
    if (planned.planned != planned.sent + planned.shed + planned.unsent ||
        planned.sent != planned.ok + planned.failed_total() + planned.unfinished) {
        return "the books by plan do not balance";
    }
    const auto& ended = *trial.ended;
    if (ended.under_way_at_start + ended.begun !=
        ended.ok + ended.failed_total() + ended.under_way_at_end) {
        return "the books by end do not balance";
    }
    if ((trial.histogram ? trial.histogram->count() : 0) != planned.ok) {
        return fmt::format("{} answers and {} of them in the histogram", planned.ok,
                           trial.histogram ? trial.histogram->count() : 0);
    }
    const double rate = static_cast<double>(ended.ok) / *trial.duration_s;
    if (std::abs(*trial.requests_per_s - rate) > 0.5) {
        return fmt::format("{} answers in {} s are not {}/s", ended.ok, *trial.duration_s,
                           *trial.requests_per_s);
    }
    return std::nullopt;
}

}  // namespace

SmallSuite::SmallSuite(std::chrono::milliseconds window, std::chrono::milliseconds timeout,
                       unsigned retries)
    : benchhost_(copy_programs(directory_.path())) {
    write_text(directory_ / "suite.ini", suite_text(window, timeout, retries));
}

std::vector<std::string> SmallSuite::begin() const {
    return {benchhost_, "--config", directory_ / "suite.ini", "--out", out()};
}

std::vector<std::string> SmallSuite::resume() const {
    return {benchhost_, "run", "--resume", out()};
}

bool SmallSuite::has_begun() const { return fs::exists(out() + "/journal/manifest.json"); }

bool SmallSuite::nothing_runs() const {
    return eventually([&] { return processes_with(directory_.path()).empty(); });
}

std::vector<std::string> SmallSuite::unfinished_files() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(out())) {
        if (is_unfinished(entry.path().filename())) {
            found.push_back(entry.path());
        }
    }
    return found;
}

results::ResultSet SmallSuite::measured() const {
    auto read = results::read_results(out());
    EXPECT_TRUE(read) << (read ? "" : read.error().message);
    return read ? std::move(*read) : results::ResultSet{};
}

void SmallSuite::expect_each_trial_once(const results::ResultSet& results) {
    EXPECT_FALSE(results.interrupted);
    std::map<std::string, int> seen;
    for (const auto& trial : results.trials) {
        seen[trial.server + " " + trial.profile] += trial.superseded ? 0 : 1;
    }
    EXPECT_EQ(seen.size(), kServers * kProfiles);
    for (const auto& [trial, times] : seen) {
        EXPECT_EQ(times, 1) << trial;
    }
}

std::optional<std::string> why_wrong(const Trial& trial) {
    if (trial.outcome != Outcome::ok) {
        const bool taken_away = trial.stage == "measure" && trial.requests &&
                                trial.requests->ok == 0 && trial.requests->failed_total() == 0 &&
                                trial.ended && trial.ended->failed_total() == 0;
        return taken_away ? std::nullopt
                          : std::optional(trial.stage.value_or("") + ": " +
                                          trial.reason.value_or("skipped"));
    }
    if (auto why = why_books_are_wrong(trial)) {
        return why;
    }
    if (trial.requests->failed_total() + trial.ended->failed_total() > 0) {
        return fmt::format("requests failed: {}", ::testing::PrintToString(trial.first_failures));
    }
    if (trial.verdict == model::Verdict::invalid) {
        return "invalid: " + trial.verdict_why.value_or("");
    }
    return std::nullopt;
}

bool says_disturbed(const Trial& trial) {
    return trial.outcome != Outcome::ok || trial.verdict == model::Verdict::machine_bound ||
           trial.verdict == model::Verdict::client_bound;
}

unsigned times_asked() {
    constexpr int kUsual = 5;
    const char* asked = std::getenv("BENCHHOST_KILLS");
    return static_cast<unsigned>(asked == nullptr ? kUsual : std::max(1, std::atoi(asked)));
}

unsigned seed_asked() {
    const char* asked = std::getenv("BENCHHOST_TEST_SEED");
    return asked == nullptr ? std::random_device{}() : static_cast<unsigned>(std::atoll(asked));
}

std::chrono::milliseconds draw(std::mt19937& random, std::chrono::milliseconds least,
                               std::chrono::milliseconds most) {
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(least.count(), most.count())(random));
}

}  // namespace benchhost::kills
