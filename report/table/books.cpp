#include "report/table/books.hpp"

#include "report/table/number.hpp"
#include "report/table/row.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace benchhost::report {

std::optional<Ended> ended_in_window(const results::Trial& trial) {
    if (trial.ended) {
        const auto failed = trial.ended->failed_total();
        return Ended{trial.ended->ok + failed, failed, trial.ended->failed};
    }
    if (trial.requests) {
        return Ended{trial.requests->sent, trial.requests->failed_total(), trial.requests->failed};
    }
    return std::nullopt;
}

std::optional<Ended> ended_in_windows(const std::vector<const results::Trial*>& trials) {
    std::optional<Ended> sum;
    for (const results::Trial* trial : trials) {
        const auto ended = ended_in_window(*trial);
        if (!ended) {
            continue;
        }
        if (!sum) {
            sum.emplace();
        }
        sum->total += ended->total;
        sum->failed += ended->failed;
        for (const auto& [name, count] : ended->by_class) {
            sum->by_class[name] += count;
        }
    }
    return sum;
}

double answered_share(const std::vector<const results::Trial*>& trials) {
    std::uint64_t planned = 0;
    std::uint64_t ok = 0;
    for (const results::Trial* trial : trials) {
        if (is_usable(*trial) && trial->requests) {
            planned += std::max(trial->requests->planned, trial->requests->ok);
            ok += trial->requests->ok;
        }
    }
    return ok == 0 ? 1 : static_cast<double>(ok) / static_cast<double>(planned);
}

std::string failures_in_words(const results::Trial& trial) {
    const auto ended = ended_in_window(trial);
    std::string text;
    for (const auto& [name, count] : ended ? ended->by_class : Ended{}.by_class) {
        const auto seen = trial.first_failures.find(name);
        text += fmt::format("{}{} {} ({}){}", text.empty() ? "" : "; ", name, grouped(count),
                            percent(static_cast<double>(count) /
                                    static_cast<double>(std::max(ended->total, count))),
                            seen == trial.first_failures.end() ? "" : ", first: " + seen->second);
    }
    return text;
}

}  // namespace benchhost::report
