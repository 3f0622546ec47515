#include "report/markdown.hpp"

#include "report/details.hpp"
#include "report/number.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace benchhost::report {
namespace {

using results::Verdict;
using Align = MarkdownTable::Align;

std::string median_of(const std::optional<OverRounds>& value) {
    return value ? rounded(value->median) : kUnknown;
}

std::string memory_of(const Row& row) {
    const auto median = [](const std::optional<OverRounds>& value) {
        return value ? std::optional(value->median) : std::nullopt;
    };
    if (!row.rss_idle_bytes && !row.rss_peak_bytes) {
        return kUnknown;
    }
    return mebibytes(median(row.rss_idle_bytes)) + " → " + mebibytes(median(row.rss_peak_bytes));
}

std::string failed_of(const Row& row) {
    std::string text = grouped(row.failed_requests);
    if (row.shed_requests > 0) {
        text += fmt::format(" (+{} shed)", grouped(row.shed_requests));
    }
    return text;
}

std::string verdict_of(const Row& row) {
    const bool plain = row.standing == Standing::measured && row.verdict == Verdict::server_bound;
    return plain ? row.verdict_text : fmt::format("**{}**", row.verdict_text);
}

std::string spread_of(const Row& row, Order order) {
    const auto& value = ordering_value(row, order);
    const auto spread = value ? value->spread() : std::nullopt;
    return spread ? percent(*spread) : kUnknown;
}

std::string emphasised(const std::string& text, bool yes) {
    return yes ? "**" + text + "**" : text;
}

std::vector<std::string> cells_of(const Row& row, const ProfileTable& table) {
    const bool by_load = table.order == Order::highest_load;
    std::vector<std::string> cells{
        markdown_escaped(row.label),
        grouped(row.total_requests),
        emphasised(median_of(row.requests_per_s), row.alone_first && !by_load),
        median_of(row.p50_ms),
        failed_of(row),
        median_of(row.p99_ms),
        median_of(row.p99_9_ms),
        median_of(row.cpu_us_per_request),
        memory_of(row),
        spread_of(row, table.order),
        row.rank,
        verdict_of(row),
    };
    if (by_load) {
        // After the five columns that every table begins with.
        cells.insert(cells.begin() + 5, {emphasised(median_of(row.highest_load), row.alone_first),
                                         rounded(row.first_failed_load)});
    }
    return cells;
}

std::vector<MarkdownTable::Column> columns_of(const ProfileTable& table) {
    std::vector<MarkdownTable::Column> columns{
        {"Framework", Align::left},
        {"Total Request"},
        {"Request Per Second"},
        {"Median Response Time (ms)"},
        {"Failed Requests"},
        {"p99 (ms)"},
        {"p99.9 (ms)"},
        {"CPU (µs/request)"},
        {"RSS idle → peak (MiB)", Align::left},
        {"± rounds"},
        {"Rank"},
        {"Verdict", Align::left},
    };
    if (table.order == Order::highest_load) {
        columns.insert(
            columns.begin() + 5,
            {{fmt::format("Highest load without failure ({})", markdown_escaped(table.load_unit))},
             {fmt::format("First failed ({})", markdown_escaped(table.load_unit))}});
    }
    return columns;
}

const char* ordered_value_in_words(Order order) {
    switch (order) {
        case Order::p99:
            return "p99";
        case Order::highest_load:
            return "highest load";
        case Order::requests_per_s:
            break;
    }
    return "request rate";
}

std::string numbers_caption(const ProfileTable& table) {
    if (table.rounds < 2) {
        return fmt::format(
            "One round: what would differ in another one is not known. A dash is a "
            "number that nobody knows.");
    }
    return fmt::format(
        "Total and failed requests are sums over the rounds, every other number is the median of "
        "{} rounds; ± is half the range of the {} over the rounds. A dash is a number that nobody "
        "knows.",
        table.rounds, ordered_value_in_words(table.order));
}

const char* explanation_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::client_bound:
            return "client-bound: the load generator was the limit, the server can do more";
        case Verdict::machine_bound:
            return "machine-bound: other work on the machine, or shared cores, spoilt the numbers";
        case Verdict::load_limited:
            return "load-limited: the server answered all that it was asked; its limit is not "
                   "known";
        case Verdict::invalid:
            return "invalid: the counts contradict each other, so no number is shown";
        case Verdict::server_bound:
            break;
    }
    return "server-bound: the server was the limit";
}

std::string verdict_caption(const ProfileTable& table) {
    std::set<Verdict> occurring;
    for (const Row& row : table.rows) {
        if (row.standing == Standing::measured || row.standing == Standing::invalid) {
            occurring.insert(row.verdict.value_or(Verdict::server_bound));
        }
    }
    occurring.erase(Verdict::server_bound);
    std::string text;
    for (const Verdict verdict : occurring) {
        text += fmt::format("{}{}.", text.empty() ? "" : " ", explanation_of(verdict));
    }
    return text;
}

std::string notes_of(const ProfileTable& table) {
    std::string text;
    for (const Row& row : table.rows) {
        for (const std::string& note : row.notes) {
            text += fmt::format("- {}: {}\n", markdown_escaped(row.label), markdown_escaped(note));
        }
    }
    return text;
}

std::string heading_of(const ProfileTable& table) {
    std::string text = "## " + markdown_escaped(table.profile.name);
    if (!table.profile.route.empty()) {
        text += fmt::format(": /{}", markdown_escaped(table.profile.route));
    }
    if (!table.profile.description.empty()) {
        text += fmt::format(", {}", markdown_escaped(table.profile.description));
    }
    return text + "\n";
}

std::string profile_summary(const ProfileTable& table) {
    std::string text = heading_of(table) + "\n";
    if (table.rows.empty()) {
        return text + "Nothing was measured under this profile.\n";
    }
    text += main_table(table) + "\n";
    if (!table.ranking_caption.empty()) {
        text += table.ranking_caption + "\n";
    }
    text += numbers_caption(table) + "\n";
    const std::string verdicts = verdict_caption(table);
    text += verdicts.empty() ? "" : verdicts + "\n";
    const std::string notes = notes_of(table);
    text += notes.empty() ? "" : "\n" + notes;
    return text;
}

std::string title_of(const results::ResultSet& results, const std::vector<ProfileTable>& tables) {
    std::set<std::string> servers;
    for (const results::Trial& trial : results.trials) {
        servers.insert(trial.server);
    }
    const auto counted = [](std::size_t count, const char* what) {
        return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    std::string text = fmt::format(
        "# {}: {}, {}, {}\n\n", markdown_escaped(results.suite), counted(servers.size(), "server"),
        counted(tables.size(), "profile"), counted(results.rounds, "round"));
    if (results.interrupted) {
        text += "**Interrupted: this is what was measured until then, not a complete run.**\n\n";
    }
    for (const ProfileTable& table : tables) {
        text += fmt::format("- **{}**: {}.\n", markdown_escaped(table.profile.name),
                            markdown_escaped(headline(table)));
    }
    return text;
}

}  // namespace

std::string main_table(const ProfileTable& table) {
    MarkdownTable markdown_table(columns_of(table));
    for (const Row& row : table.rows) {
        markdown_table.add(cells_of(row, table));
    }
    return markdown_table.text();
}

std::string summary(const results::ResultSet& results) {
    const auto tables = make_tables(results);
    std::string text = title_of(results, tables);
    for (const ProfileTable& table : tables) {
        text += "\n" + profile_summary(table);
    }
    return text;
}

std::string markdown(const results::ResultSet& results) {
    const auto tables = make_tables(results);
    std::string text = title_of(results, tables);
    for (const ProfileTable& table : tables) {
        text += "\n" + profile_summary(table) + profile_details(table);
    }
    return text + suite_details(results);
}

}  // namespace benchhost::report
