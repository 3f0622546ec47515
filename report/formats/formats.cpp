#include "report/formats/formats.hpp"

#include "core/base/printable.hpp"
#include "report/formats/exports/exports.hpp"
#include "report/formats/html/html.hpp"
#include "report/formats/markdown.hpp"
#include "report/formats/plots/plots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace benchhost::report {
namespace {

using results::ResultSet;

constexpr std::size_t kLongestPart = 80;

template <std::string (*Render)(const ResultSet&)>
Result<Documents> one(const char* name, const ResultSet& results) {
    return Documents{{name, Render(results)}};
}

}  // namespace

const std::vector<Format>& formats() {
    static const std::vector<Format> kFormats{
        {"md", "Markdown for READMEs, pull requests and step summaries",
         [](const ResultSet& r) { return one<markdown>("report.md", r); }},
        {"html", "one page with tables and charts that works offline",
         [](const ResultSet& r) { return one<html>("report.html", r); }},
        {"csv", "one line a server and profile, medians over the rounds",
         [](const ResultSet& r) { return one<exports::csv>("report.csv", r); }},
        {"rounds-csv", "one line a server, profile and round",
         [](const ResultSet& r) { return one<exports::rounds_csv>("rounds.csv", r); }},
        {"json", "the tables as JSON: medians, ranks, notes",
         [](const ResultSet& r) { return one<exports::json>("report.json", r); }},
        {"gbench", "Google Benchmark JSON, one entry a server and profile",
         [](const ResultSet& r) { return one<exports::gbench>("gbench.json", r); }},
        {"gbench-rounds", "Google Benchmark JSON with every round as a repetition",
         [](const ResultSet& r) { return one<exports::gbench_rounds>("gbench-rounds.json", r); }},
        {"locust-csv",
         "Locust's stats, failures and history, and its older requests and distribution",
         [](const ResultSet& r) -> Result<Documents> { return exports::locust_csv(r); }},
        {"github-custom", "github-action-benchmark: bigger.json and smaller.json",
         [](const ResultSet& r) -> Result<Documents> { return exports::github_custom(r); }},
        {"bmf", "Bencher Metric Format, bounds are the range of the rounds",
         [](const ResultSet& r) { return one<exports::bmf>("bmf.json", r); }},
        {"benchstat", "Go benchmark lines, one a round, for benchstat",
         [](const ResultSet& r) { return one<exports::benchstat>("benchstat.txt", r); }},
        {"junit", "JUnit XML: a test case a server and profile",
         [](const ResultSet& r) { return one<exports::junit>("junit.xml", r); }},
        {"svg", "plots drawn by gnuplot", svg},
        {"hgrm", "HdrHistogram percentiles in ms, a file a server and profile",
         [](const ResultSet& r) -> Result<Documents> { return exports::hgrm(r); }},
    };
    return kFormats;
}

Result<Documents> render(const std::string& format, const ResultSet& results) {
    std::string known;
    for (const Format& candidate : formats()) {
        if (format == candidate.name) {
            return candidate.render(results);
        }
        known += fmt::format("{}{}", known.empty() ? "" : ", ", candidate.name);
    }
    return Error{ErrorCode::usage, fmt::format("{} is not a format of reports; allowed: {}",
                                               in_quotes(format), known)};
}

std::string file_name_part(const std::string& text) {
    std::string part;
    for (const char c : text.substr(0, kLongestPart)) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
        part += plain || (c == '.' && !part.empty()) ? c : '_';
    }
    return part.empty() ? "_" : part;
}

}  // namespace benchhost::report
