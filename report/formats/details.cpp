#include "report/formats/details.hpp"

#include "core/results/losses.hpp"
#include "report/formats/hosts.hpp"
#include "report/formats/markdown.hpp"
#include "report/formats/reproduce.hpp"
#include "report/table/number.hpp"
#include "report/table/row.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace benchhost::report {
namespace {

using model::Outcome;
using results::Trial;

constexpr std::size_t kMostBars = 12;  // more do not fit beside their names

std::string folded(const std::string& title, const std::string& body) {
    // The empty lines make GitHub and GitLab read the body as Markdown.
    return fmt::format("\n<details><summary>{}</summary>\n\n{}\n</details>\n", title, body);
}

std::string latency(const std::optional<results::LatencySummary>& summary,
                    double results::LatencySummary::*which) {
    return summary ? rounded((*summary).*which) : kUnknown;
}

std::vector<const Trial*> trials_by_round(const ProfileTable& table) {
    std::vector<const Trial*> trials;
    for (const Row& row : table.rows) {
        trials.insert(trials.end(), row.trials.begin(), row.trials.end());
    }
    std::stable_sort(trials.begin(), trials.end(), [](const Trial* left, const Trial* right) {
        return left->round < right->round;
    });
    return trials;
}

std::string every_round(const ProfileTable& table) {
    return folded("Every round",
                  markdown_table(round_columns(table.profile.timeout), trials_by_round(table)));
}

bool balances(const results::EndedRequests& ended) {
    return ended.under_way_at_start + ended.begun ==
           ended.ok + ended.failed_total() + ended.under_way_at_end;
}

// Within what the clock and the books can promise: sent = ok + failed + unfinished, planned = sent
// + shed + unsent; and by the end of the requests, where the file knows it.
bool books_balance(const Trial& trial) {
    const auto& requests = *trial.requests;
    return (!trial.ended || balances(*trial.ended)) &&
           requests.planned == requests.sent + requests.shed + requests.unsent &&
           requests.sent == requests.ok + requests.failed_total() + requests.unfinished;
}

std::string validity_checks(const ProfileTable& table) {
    MarkdownTable checks({{"Round"},
                          {"Server", Align::left},
                          {"Books", Align::left},
                          {"Busiest generator thread"},
                          {"Generator CPU (µs/request)"},
                          {"Send lag p99 (ms)"},
                          {"Ready after (ms)"},
                          {"Verdict because", Align::left}});
    std::size_t balanced = 0;
    std::size_t counted = 0;
    std::optional<double> busiest;
    for (const Trial* trial : trials_by_round(table)) {
        if (trial->outcome != Outcome::ok) {
            continue;
        }
        std::string books = kUnknown;
        if (trial->requests) {
            const bool balance = books_balance(*trial);
            ++counted;
            balanced += balance ? 1U : 0U;
            books = balance ? "balance" : "**do not balance**";
        }
        const auto& client = trial->client_usage;
        const auto utilisation = client ? client->max_thread_utilisation : std::nullopt;
        if (utilisation) {
            busiest = std::max(busiest.value_or(0), *utilisation);
        }
        checks.add({std::to_string(trial->round), markdown_escaped(trial->server), books,
                    utilisation ? percent(*utilisation) : kUnknown,
                    client ? rounded(client->cpu_us_per_request) : kUnknown,
                    latency(trial->send_lag_ms, &results::LatencySummary::p99),
                    rounded(trial->ready_ms), markdown_escaped(trial->verdict_why.value_or(""))});
    }
    if (checks.empty()) {
        return "";
    }
    const std::string title = fmt::format(
        "Validity checks: books balance in {} of {} rounds; busiest generator thread {}", balanced,
        counted, busiest ? percent(*busiest) : "not known");
    return folded(title, checks.text());
}

std::string p99_of(const results::LoadStep& step, const std::optional<Nanoseconds>& timeout) {
    const auto p99 = results::percentile(step, &results::LoadStep::p99_ms, timeout);
    return p99 ? (p99->at_least ? "≥ " : "") + rounded(p99->ms) : kUnknown;
}

std::string limit_steps(const ProfileTable& table) {
    if (table.order != Order::highest_load) {
        return "";
    }
    MarkdownTable steps({{"Round"},
                         {"Server", Align::left},
                         {fmt::format("Load ({})", markdown_escaped(table.load_unit))},
                         {"Passed", Align::left},
                         {"Requests/s"},
                         {"Failed"},
                         {"p99 (ms)"},
                         {"Why", Align::left}});
    for (const Trial* trial : trials_by_round(table)) {
        if (!trial->limit) {
            continue;
        }
        for (const auto& step : trial->limit->steps) {
            steps.add({std::to_string(trial->round), markdown_escaped(trial->server),
                       rounded(step.load), step.passed ? "yes" : "no", rounded(step.requests_per_s),
                       grouped(step.failed), p99_of(step, table.profile.timeout),
                       markdown_escaped(step.why)});
        }
    }
    return steps.empty() ? "" : folded("Every step of the search", steps.text());
}

std::string p99_of(const results::RequestResult& request,
                   const std::optional<Nanoseconds>& timeout) {
    Trial trial;
    trial.requests = request.requests;
    trial.response_time_ms = request.response_time_ms;
    const auto p99 = results::percentile(trial, &results::LatencySummary::p99, timeout);
    return p99 ? (p99->at_least ? "≥ " : "") + rounded(p99->ms) : kUnknown;
}

std::string each_request(const ProfileTable& table) {
    MarkdownTable requests({{"Round"},
                            {"Server", Align::left},
                            {"Request", Align::left},
                            {"Planned"},
                            {"Share"},
                            {"Answered rightly"},
                            {"Failed"},
                            {"p50 (ms)"},
                            {"p99 (ms)"},
                            {"First failure", Align::left}});
    for (const Trial* trial : trials_by_round(table)) {
        for (const auto& request : trial->by_request) {
            const auto all = trial->requests ? trial->requests->planned : 0;
            const auto planned = request.requests.planned;
            const auto& failures = request.first_failures;
            requests.add({std::to_string(trial->round), markdown_escaped(trial->server),
                          markdown_escaped(request.name), grouped(planned),
                          all > 0 ? percent(static_cast<double>(planned) / static_cast<double>(all))
                                  : kUnknown,
                          grouped(request.requests.ok), grouped(request.requests.failed_total()),
                          latency(request.response_time_ms, &results::LatencySummary::p50),
                          p99_of(request, table.profile.timeout),
                          failures.empty()
                              ? ""
                              : markdown_escaped(fmt::format("{}: {}", failures.begin()->first,
                                                             failures.begin()->second))});
        }
    }
    return requests.empty() ? "" : folded("Each request of the mix", requests.text());
}

// The same lines of several rounds are shown once.
std::string logs(const ProfileTable& table) {
    std::vector<std::pair<std::string, std::string>> titles_by_log;
    for (const Row& row : table.rows) {
        for (const Trial* trial : row.trials) {
            if (trial->outcome == Outcome::ok || trial->log_tail.empty()) {
                continue;
            }
            const std::string log = fmt::format("{}", fmt::join(trial->log_tail, "\n"));
            const auto known = std::find_if(titles_by_log.begin(), titles_by_log.end(),
                                            [&](const auto& entry) { return entry.first == log; });
            if (known == titles_by_log.end()) {
                titles_by_log.emplace_back(
                    log, fmt::format("{}, round {}", markdown_escaped(row.server), trial->round));
            } else {
                known->second += fmt::format(", {}", trial->round);
            }
        }
    }
    std::string text;
    for (const auto& [log, title] : titles_by_log) {
        text += fmt::format("{}{}:\n\n{}", text.empty() ? "" : "\n", title,
                            markdown_code_block(log, "text"));
    }
    return text.empty() ? "" : folded("Last lines of the logs of what failed", text);
}

// A quoted Mermaid text has no escapes, so what could end it or begin markup is replaced.
std::string mermaid_quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : one_line(text)) {
        out += std::string_view("\"\\`<>;#%{}[]").find(c) == std::string_view::npos ? c : '_';
    }
    return out + "\"";
}

std::string bar_chart(const ProfileTable& table) {
    std::vector<std::string> names;
    std::vector<std::string> bars;
    double most = 0;
    std::size_t measured = 0;
    for (const Row& row : table.rows) {
        const auto& value = ordering_value(row, table.order);
        const bool has_bar = row.standing == Standing::measured && value;
        measured += has_bar ? 1 : 0;
        if (has_bar && names.size() < kMostBars) {
            names.push_back(mermaid_quoted(row.label));
            bars.push_back(fmt::format("{:.6g}", value->median));
            most = std::max(most, value->median);
        }
    }
    if (names.size() < 2 || !(most > 0)) {
        return "";
    }
    const std::string unit = table.order == Order::p99 ? "p99 (ms)"
                             : table.order == Order::highest_load
                                 ? fmt::format("highest load ({})", table.load_unit)
                                 : "requests/s";
    const std::string left_out =
        measured > names.size()
            ? fmt::format(" (the first {} of {} servers)", names.size(), measured)
            : "";
    return fmt::format(
        "\n```mermaid\nxychart-beta horizontal\n  title {}\n  x-axis [{}]\n"
        "  y-axis {} 0 --> {:.6g}\n  bar [{}]\n```\n",
        mermaid_quoted(table.profile.name + ": " + unit + left_out), fmt::join(names, ", "),
        mermaid_quoted(unit), most * 1.1, fmt::join(bars, ", "));
}

std::string environment(const results::ResultSet& results) {
    MarkdownTable facts({{"What", Align::left}, {"Value", Align::left}});
    for (const auto& [key, value] : results.environment) {
        facts.add({markdown_escaped(key), markdown_escaped(value)});
    }
    facts.add({"benchhost", markdown_escaped(results.benchhost_version)});
    facts.add({"measured", markdown_escaped(results.created_at)});
    return folded("Environment", facts.text());
}

std::string limits_in_force(const results::ResultSet& results) {
    MarkdownTable limits(
        {{"Server", Align::left}, {"Limit", Align::left}, {"In force", Align::left}});
    std::map<std::string, std::map<std::string, std::string>> by_server;
    for (const Trial& trial : results.trials) {
        for (const auto& [key, value] : trial.effective_limits) {
            by_server[trial.server][key] = value;
        }
    }
    for (const auto& [server, entries] : by_server) {
        for (const auto& [key, value] : entries) {
            limits.add({markdown_escaped(server), markdown_escaped(key), markdown_escaped(value)});
        }
    }
    return limits.empty() ? "" : folded("Limits in force", limits.text());
}

std::string reproduce(const results::ResultSet& results) {
    const std::string file = results.config.file.empty() ? "suite.ini" : results.config.file;
    std::string text = markdown_code_block(reproducing_command(results), "sh");
    if (!results.config.text.empty()) {
        text += fmt::format("\nwith {}:\n\n{}", markdown_escaped(file),
                            markdown_code_block(results.config.text, "ini"));
    }
    return folded("How to reproduce", text);
}

std::string parts(const ProfileTable& table) {
    const auto parts = parts_table(trials_by_round(table), table.profile.timeout);
    return parts.empty() ? "" : folded("Load from each host", parts.text());
}

}  // namespace

std::string profile_details(const ProfileTable& table) {
    if (table.rows.empty()) {
        return "";
    }
    return every_round(table) + each_request(table) + parts(table) + limit_steps(table) +
           validity_checks(table) + logs(table) + bar_chart(table);
}

std::string suite_details(const results::ResultSet& results) {
    return environment(results) + limits_in_force(results) + reproduce(results);
}

}  // namespace benchhost::report
