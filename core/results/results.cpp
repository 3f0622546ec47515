#include "core/results/results.hpp"

#include "core/base/file.hpp"
#include "core/base/units.hpp"

#include <fmt/format.h>

#include <numeric>
#include <system_error>

namespace benchhost::results {
namespace {

std::uint64_t total_of(const std::map<std::string, std::uint64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& each) { return sum + each.second; });
}

}  // namespace

std::string load_name(const Load& load) {
    return std::visit(
        model::Overloaded{[](const std::string& name) { return name; },
                          [](const model::TrialLoad& known) { return model::load_name(known); }},
        load);
}

std::string asked_in_words(const ProfileInfo& profile) {
    if (!profile.route.empty()) {
        return "/" + profile.route;
    }
    std::string words;
    for (const auto& request : profile.requests) {
        words += fmt::format("{}{}",
                             words.empty()  ? ""
                             : profile.flow ? " > "
                                            : ", ",
                             request.name);
        const bool is_mix = profile.requests.size() > 1 && !profile.flow;
        words += is_mix ? fmt::format(":{}", request.weight) : "";
    }
    return words;
}

std::uint64_t Requests::failed_total() const { return total_of(failed); }
std::uint64_t EndedRequests::failed_total() const { return total_of(failed); }

std::optional<LatencySummary> summarise(const stats::StoredHistogram& histogram) {
    if (histogram.empty()) {
        return std::nullopt;
    }
    const auto at = [&](double quantile) {
        return to_milliseconds(histogram.at_quantile(quantile));
    };
    constexpr double kNanosecondsPerMillisecond = 1e6;
    return LatencySummary{histogram.mean_ns() / kNanosecondsPerMillisecond,
                          at(0.5),
                          at(0.75),
                          at(0.9),
                          at(0.95),
                          at(0.99),
                          at(0.999),
                          to_milliseconds(histogram.max())};
}

Result<ResultSet> read_results(const std::filesystem::path& path) {
    std::error_code ignored;  // what is wrong with the path is told by whoever reads it
    const auto file = std::filesystem::is_directory(path, ignored) ? path / "results.json" : path;
    const auto json = read_file(file, kMostBytes);
    if (!json) {
        // Whatever the machine says of it, the user named a file that cannot be read.
        const bool unreadable = json.error().code == ErrorCode::environment;
        return unreadable ? Error{ErrorCode::usage, json.error().message} : json.error();
    }
    auto results = parse_results(*json);
    if (!results) {
        return with_context(file.string(), results.error());
    }
    return results;
}

Status write_file(const std::filesystem::path& path, const std::string& content) {
    return replace_file(path, content);
}

}  // namespace benchhost::results
