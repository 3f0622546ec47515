#include "core/base/names.hpp"

#include "core/base/printable.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <numeric>

namespace benchhost {
namespace {

bool matches(const std::string& id, const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), id.c_str(), 0) == 0;
}

bool any_matches(const std::vector<std::string>& patterns, const std::string& id) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches(id, pattern); });
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return text;
}

// How many letters to insert, delete, replace or swap with their neighbour.
std::size_t edit_distance(const std::string& left, const std::string& right) {
    std::vector<std::vector<std::size_t>> distance(left.size() + 1,
                                                   std::vector<std::size_t>(right.size() + 1));
    std::iota(distance[0].begin(), distance[0].end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i) {
        distance[i][0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t differs = left[i - 1] == right[j - 1] ? 0 : 1;
            auto best = std::min(
                {distance[i - 1][j] + 1, distance[i][j - 1] + 1, distance[i - 1][j - 1] + differs});
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
                best = std::min(best, distance[i - 2][j - 2] + 1);
            }
            distance[i][j] = best;
        }
    }
    return distance[left.size()][right.size()];
}

}  // namespace

Result<std::vector<std::string>> select_names(const std::vector<std::string>& ids,
                                              const std::vector<std::string>& patterns) {
    std::vector<std::string> wanted;
    std::vector<std::string> unwanted;
    for (const auto& pattern : patterns) {
        if (pattern.starts_with('!')) {
            unwanted.push_back(pattern.substr(1));
            continue;
        }
        if (std::none_of(ids.begin(), ids.end(),
                         [&](const std::string& id) { return matches(id, pattern); })) {
            const auto near = nearest_name(pattern, ids);
            return Error{
                ErrorCode::usage,
                fmt::format("{} matches nothing{}; there is: {}", in_quotes(pattern),
                            near.empty() ? "" : "; did you mean \"" + near + "\"?",
                            ids.empty() ? "nothing" : fmt::format("{}", fmt::join(ids, ", ")))};
        }
        wanted.push_back(pattern);
    }
    std::vector<std::string> selected;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(selected), [&](const std::string& id) {
        return (wanted.empty() || any_matches(wanted, id)) && !any_matches(unwanted, id);
    });
    if (selected.empty()) {
        return Error{ErrorCode::usage,
                     fmt::format("{} leaves nothing",
                                 in_quotes(fmt::format("{}", fmt::join(patterns, ", "))))};
    }
    return selected;
}

std::string nearest_name(const std::string& word, const std::vector<std::string>& known) {
    constexpr std::size_t kLongest = 100;  // nobody misspells more
    if (word.size() > kLongest) {
        return "";
    }
    std::string best;
    auto best_distance = std::max<std::size_t>(1, (word.size() + 2) / 3) + 1;
    for (const auto& candidate : known) {
        const auto distance = edit_distance(lower_case(word), lower_case(candidate));
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace benchhost
