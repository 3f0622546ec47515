#include "core/config/section_reader.hpp"

#include "core/base/names.hpp"
#include "core/base/printable.hpp"

#include <Poco/String.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace benchhost::config {
namespace {

constexpr std::size_t kShown = 60;  // of a name or a value

Error out_of_range(std::string_view text, std::string_view least, std::string_view most) {
    return {ErrorCode::usage,
            fmt::format("{} is out of range; allowed: {} to {}", in_quotes(text), least, most)};
}

bool has_comment(const std::string& value) {
    return value.find(" #") != std::string::npos || value.find(" ;") != std::string::npos;
}

}  // namespace

std::string format_bound(Nanoseconds duration) {
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(duration);
    return hours.count() > 0 && hours == duration ? fmt::format("{}h", hours.count())
                                                  : format_duration(duration);
}

void SectionReader::reject_unknown(const std::vector<std::string>& known) const {
    for (const auto& entry : section_.entries) {
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            problems_.add(entry.where,
                          fmt::format("[{}] knows no key {}{}; allowed: {}",
                                      shortened(section_.name, kShown), in_quotes(entry.key),
                                      did_you_mean(entry.key, known), fmt::join(known, ", ")));
        }
    }
}

void SectionReader::tell(const IniEntry& entry, std::string_view message) const {
    problems_.add(
        entry.where,
        fmt::format("{}: {}{}", shortened(entry.key, kShown), message,
                    has_comment(entry.value) ? " (comments stand on lines of their own)" : ""));
}

void SectionReader::tell_contradiction(const IniEntry& entry, const IniEntry& other,
                                       std::string_view why) const {
    problems_.add(entry.where,
                  fmt::format("{} = {} contradicts {} = {} ({}): {}", entry.key,
                              shortened(entry.value, kShown), other.key,
                              shortened(other.value, kShown), to_string(other.where), why));
}

Result<Nanoseconds> duration_between(const std::string& text, Nanoseconds least, Nanoseconds most) {
    auto duration = parse_duration(text);
    if (duration && (*duration < least || *duration > most)) {
        return out_of_range(text, format_bound(least), format_bound(most));
    }
    return duration;
}

Result<double> rate_between(const std::string& text, double least, double most) {
    auto rate = parse_rate(text);
    if (rate && (*rate < least || *rate > most)) {
        return out_of_range(text, fmt::format("{}/s", least), fmt::format("{}/s", most));
    }
    return rate;
}

Result<std::uint64_t> bytes_between(const std::string& text, std::uint64_t least,
                                    std::uint64_t most) {
    auto bytes = parse_bytes(text);
    if (bytes && (*bytes < least || *bytes > most)) {
        return out_of_range(text, format_bytes(least), format_bytes(most));
    }
    return bytes;
}

Result<std::string> parse_id(const std::string& text) {
    const auto is_first = [](char c) {
        return std::islower(static_cast<unsigned char>(c)) != 0 ||
               std::isdigit(static_cast<unsigned char>(c)) != 0;
    };
    const auto is_allowed = [&](char c) { return is_first(c) || c == '_' || c == '.' || c == '-'; };
    if (text.empty() || text.size() > kLongestName || !is_first(text.front()) ||
        !std::all_of(text.begin(), text.end(), is_allowed)) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is not an id; allowed: a-z, 0-9, \"_\", \".\" and \"-\", a "
                                 "letter or digit first, at most {} characters",
                                 in_quotes(text), kLongestName)};
    }
    return text;
}

Result<std::size_t> parse_word(const std::string& text, const std::vector<std::string>& words) {
    const auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) {
        return Error{ErrorCode::usage,
                     fmt::format("{} is not one of them{}; allowed: {}", in_quotes(text),
                                 did_you_mean(text, words), fmt::join(words, ", "))};
    }
    return static_cast<std::size_t>(found - words.begin());
}

Result<std::vector<std::string>> parse_list(const std::string& text) {
    std::vector<std::string> items;
    for (std::size_t start = 0; start <= text.size();) {
        const auto comma = std::min(text.find(',', start), text.size());
        items.push_back(Poco::trim(text.substr(start, comma - start)));
        if (items.back().empty()) {
            return Error{ErrorCode::usage, fmt::format("{} has an empty item", in_quotes(text))};
        }
        start = comma + 1;
    }
    return items;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
    const auto near = nearest_name(word, known);
    return near.empty() ? "" : fmt::format("; did you mean {}?", in_quotes(near));
}

}  // namespace benchhost::config
