// Writes the pages that report.test.mjs opens: write_pages FOLDER
#include "report/html/html.hpp"

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>

namespace {

using namespace benchhost;

// 200 servers, 10 rounds, with histograms and series.
results::ResultSet large() {
    constexpr int kServers = 200;
    constexpr std::uint32_t kRounds = 10;
    results::ResultSet results;
    results.suite = "large";
    results.rounds = kRounds;
    results.profiles = {{"text", "text", "closed", "64 connections"}};
    for (std::uint32_t round = 1; round <= kRounds; ++round) {
        for (int server = 0; server < kServers; ++server) {
            results::Trial trial;
            trial.server = "server-" + std::to_string(server);
            trial.profile = "text";
            trial.round = round;
            trial.outcome = results::Outcome::ok;
            trial.verdict = results::Verdict::server_bound;
            trial.requests_per_s = 100000.0 - 100 * server + ((round * 7919U + server) % 97);
            stats::Histogram histogram;
            for (int i = 1; i <= 1000; ++i) {
                histogram.record(std::chrono::microseconds(200 + server + i));
            }
            trial.response_time_ms = results::summarise(histogram);
            trial.histogram = histogram;
            trial.server_usage = results::ServerUsage{};
            trial.server_usage->cpu_us_per_request = 8 + 0.01 * server;
            for (std::uint32_t second = 0; second < 10; ++second) {
                results::SeriesPoint point;
                point.t = second;
                point.ok = 100000;
                point.p99_ms = 1.2;
                point.rss_bytes = 5U << 20U;
                trial.series.push_back(point);
            }
            results.trials.push_back(trial);
        }
    }
    return results;
}

bool write(const std::filesystem::path& file, const results::ResultSet& results) {
    const auto written = results::write_file(file, report::html(results));
    if (!written) {
        std::cerr << written.error().message << '\n';
    }
    return static_cast<bool>(written);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "write_pages FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    bool written = write(folder / "large.html", large());
    for (const char* name : {"tie", "hostile-names"}) {
        const auto results =
            results::read_results(std::filesystem::path(BENCHHOST_SOURCE_DIR) / "tests" / "golden" /
                                  (std::string(name) + ".json"));
        written = written && results && write(folder / (std::string(name) + ".html"), *results);
    }
    return written ? 0 : 1;
}
