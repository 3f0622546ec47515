#include "report/formats/markers.hpp"

#include "core/base/printable.hpp"
#include "report/formats/markdown.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

namespace benchhost::report {
namespace {

constexpr std::string_view kBegin = "<!-- BEGIN benchhost:table";
constexpr std::string_view kEnd = "<!-- END benchhost:table";
constexpr std::string_view kClose = "-->";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

struct Line {
    std::string_view text;  // with its line break
    std::size_t number;     // from 1
};

std::vector<Line> lines_of(std::string_view document) {
    std::vector<Line> lines;
    while (!document.empty()) {
        const auto end = document.find('\n');
        const auto length = end == std::string_view::npos ? document.size() : end + 1;
        lines.push_back({document.substr(0, length), lines.size() + 1});
        document.remove_prefix(length);
    }
    return lines;
}

// A marker stands on a line of its own; a document may show one in a code block without meaning it.
bool is_marker(const Line& line, std::string_view marker) {
    const auto text = trimmed(line.text);
    return text.starts_with(marker) && text.ends_with(kClose);
}

bool opens_or_closes_code(const Line& line) {
    const auto text = trimmed(line.text);
    return text.starts_with("```") || text.starts_with("~~~");
}

Error problem(std::size_t line, const std::string& what) {
    return {ErrorCode::data, fmt::format("line {}: {}", line, what)};
}

// The text after "profile=", up to the end of the marker: names may hold spaces.
Result<std::optional<std::string>> profile_of(const Line& begin) {
    auto text = trimmed(begin.text);
    text.remove_prefix(kBegin.size());
    text.remove_suffix(kClose.size());
    text = trimmed(text);
    if (text.empty()) {
        return std::optional<std::string>();
    }
    constexpr std::string_view kKey = "profile=";
    if (!text.starts_with(kKey) || text.size() == kKey.size()) {
        return problem(begin.number,
                       fmt::format("{} in a table marker; allowed: profile=NAME", in_quotes(text)));
    }
    return std::optional(std::string(text.substr(kKey.size())));
}

Result<std::string> content_of(const Line& begin, const std::vector<ProfileTable>& tables) {
    const auto profile = profile_of(begin);
    if (!profile) {
        return profile.error();
    }
    std::string content;
    std::string known;
    for (const ProfileTable& table : tables) {
        known += fmt::format("{}{}", known.empty() ? "" : ", ", table.profile.name);
        if (!profile->has_value() || **profile == table.profile.name) {
            content += (content.empty() ? "" : "\n") + main_table(table);
        }
    }
    if (content.empty()) {
        return problem(begin.number, fmt::format("the results have no profile {}; they have: {}",
                                                 in_quotes(profile->value_or("*")), known));
    }
    return content;
}

struct Block {
    std::size_t begin_line = 0;
    std::string before;  // everything since the last block, with the BEGIN marker
    std::string found;   // between the markers
    std::string wanted;
};

struct Blocks {
    std::vector<Block> blocks;
    std::string rest;  // from the last END marker on
};

Result<Blocks> find_blocks(const std::string& document, const std::vector<ProfileTable>& tables) {
    Blocks result;
    std::optional<Block> open;
    bool in_code = false;
    for (const Line& line : lines_of(document)) {
        in_code = in_code != (!open && opens_or_closes_code(line));
        if (!in_code && is_marker(line, kBegin)) {
            if (open) {
                return problem(
                    line.number,
                    fmt::format("a table begins inside the table of line {}", open->begin_line));
            }
            const auto wanted = content_of(line, tables);
            if (!wanted) {
                return wanted.error();
            }
            result.rest += line.text;
            open = Block{line.number, std::exchange(result.rest, {}), "", *wanted};
        } else if (!in_code && is_marker(line, kEnd)) {
            if (!open) {
                return problem(line.number, "a table ends that never began");
            }
            result.blocks.push_back(*std::exchange(open, std::nullopt));
            result.rest += line.text;
        } else if (open) {
            open->found += line.text;
        } else {
            result.rest += line.text;
        }
    }
    if (open) {
        return problem(
            open->begin_line,
            fmt::format("a table begins and never ends; put \"{} {}\" after it", kEnd, kClose));
    }
    if (result.blocks.empty()) {
        return Error{ErrorCode::data,
                     fmt::format("no table marker; put \"{} profile=NAME {}\" and \"{} {}\" on "
                                 "lines of their own where a table belongs",
                                 kBegin, kClose, kEnd, kClose)};
    }
    return result;
}

}  // namespace

Result<std::string> update_tables(const std::string& document, const results::ResultSet& results) {
    const auto found = find_blocks(document, make_tables(results));
    if (!found) {
        return found.error();
    }
    std::string updated;
    for (const Block& block : found->blocks) {
        updated += block.before + block.wanted;
    }
    return updated + found->rest;
}

Result<std::vector<std::size_t>> stale_tables(const std::string& document,
                                              const results::ResultSet& results) {
    const auto found = find_blocks(document, make_tables(results));
    if (!found) {
        return found.error();
    }
    std::vector<std::size_t> stale;
    for (const Block& block : found->blocks) {
        if (block.found != block.wanted) {
            stale.push_back(block.begin_line);
        }
    }
    return stale;
}

}  // namespace benchhost::report
