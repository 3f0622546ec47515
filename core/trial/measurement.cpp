#include "core/trial/measurement.hpp"

#include "core/base/described.hpp"
#include "core/machine/file_hash.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <type_traits>

namespace benchhost::trial {
namespace {

// "closed loop, not corrected; 64 connections; 10s after 2s warm-up; every body compared"
std::string description_of(const config::LoadProfile& profile) {
    auto text = std::visit([](const auto& each) { return each.describe(); }, profile.load);
    if (!std::holds_alternative<model::LimitSearch>(profile.load)) {
        text += fmt::format("; {} after {} warm-up", format_duration(profile.duration),
                            format_duration(profile.warmup));
    }
    if (!profile.keep_alive) {
        text += "; a new connection for each request";
    }
    if (profile.connection_requests) {
        text += fmt::format("; connections closed after {} answers", *profile.connection_requests);
    }
    if (profile.pipeline > 1) {
        text += fmt::format("; {} requests pipelined", profile.pipeline);
    }
    constexpr const char* kVerify[] = {"every body compared", "every length checked",
                                       "only the status checked"};
    return text + "; " + kVerify[static_cast<int>(profile.verify)];
}

// What both count under one name.
template <class To, class From>
void take_namesakes(To& to, const From& from) {
    for_each_member<To>([&]<class Target>(Target /*type*/) {
        for_each_member<From>([&]<class Source>(Source /*type*/) {
            auto& target = to.*Target::pointer;
            const auto& source = from.*Source::pointer;
            if constexpr (std::string_view(Target::name) == Source::name &&
                          std::is_same_v<decltype(target),
                                         std::remove_cvref_t<decltype(source)>&>) {
                target = source;
            }
        });
    });
}

// Only those that occurred.
std::map<std::string, std::uint64_t> by_class(const model::FailureCounts& failures) {
    std::map<std::string, std::uint64_t> counts;
    for (std::size_t i = 0; i < model::kFailureClasses; ++i) {
        const auto failure = static_cast<model::FailureClass>(i);
        if (const auto count = failures.count(failure); count > 0) {
            counts[std::string(model::to_string(failure))] = count;
        }
    }
    return counts;
}

void add_examples(std::map<std::string, std::string>& examples,
                  const model::FailureCounts& failures) {
    for (std::size_t i = 0; i < model::kFailureClasses; ++i) {
        const auto failure = static_cast<model::FailureClass>(i);
        if (failures.count(failure) > 0) {
            examples.emplace(model::to_string(failure), failures.example(failure));
        }
    }
}

results::PayloadInfo info_of(const std::string& text) {
    return {text.size(), machine::sha256_of_text(text)};
}

bool picks_from(const model::RequestSpec& request, const std::string& file) {
    const auto placeholder = "{pick:" + file;
    const auto has = [&](const std::string& text) {
        return text.find(placeholder) != std::string::npos;
    };
    const auto any_has = [&](const std::vector<model::HeaderField>& fields) {
        return std::any_of(fields.begin(), fields.end(),
                           [&](const auto& field) { return has(field.value); });
    };
    return has(request.path) || any_has(request.headers) || any_has(request.expect_headers) ||
           (request.body && has(request.body->text)) ||
           (request.expect_body && has(request.expect_body->text));
}

results::RequestInfo info_of(const model::RequestSpec& request, const model::Picks& picks) {
    results::RequestInfo info{request.name, request.method, request.path, request.headers};
    if (request.body) {
        info.body = info_of(request.body->text);
    }
    info.expect_status = request.expect_status;
    if (request.expect_body) {
        info.expect_body = info_of(request.expect_body->text);
    }
    info.expect_headers = request.expect_headers;
    info.weight = request.weight;
    info.takes = request.takes;
    info.think_time = request.think_time;
    for (const auto& [file, lines] : picks) {
        if (!picks_from(request, file)) {
            continue;
        }
        const auto text = fmt::format("{}", fmt::join(lines, "\n"));
        info.picks.push_back({file, text.size(), machine::sha256_of_text(text)});
    }
    return info;
}

std::vector<results::RequestResult> by_request(const load::LoadReport& report) {
    std::vector<results::RequestResult> results;
    for (const auto& kind : report.requests) {
        results::RequestResult result;
        result.name = kind.name;
        take_namesakes(result.requests, kind.books);
        result.requests.failed = by_class(kind.failures);
        add_examples(result.first_failures, kind.failures);
        result.response_time_ms = results::summarise(kind.response_time);
        result.histogram = kind.response_time;
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace

results::Requests requests_of(const load::LoadReport& report) {
    results::Requests requests;
    take_namesakes(requests, report.books);
    requests.failed = by_class(report.failures);
    return requests;
}

results::EndedRequests ended_of(const load::LoadReport& report) {
    results::EndedRequests ended;
    take_namesakes(ended, report.ended);
    ended.failed = by_class(report.ended_failures);
    return ended;
}

results::ClientUsage client_usage_of(const load::LoadReport& report) {
    results::ClientUsage client;
    client.cpu_s = to_seconds(report.client.cpu);
    if (report.ended.ok > 0) {
        client.cpu_us_per_request = *client.cpu_s * 1e6 / static_cast<double>(report.ended.ok);
    }
    client.max_thread_utilisation = report.client.max_thread_utilisation;
    if (report.client.max_run_delay) {
        client.run_delay_s = to_seconds(*report.client.max_run_delay);
    }
    client.longest_absence_s = to_seconds(report.client.longest_absence);
    return client;
}

std::optional<double> round_trip_ms_of(const load::LoadReport& report) {
    return report.round_trip ? std::optional(to_milliseconds(*report.round_trip)) : std::nullopt;
}

std::vector<results::SeriesPoint> series_of(const load::LoadReport& report) {
    std::vector<results::SeriesPoint> series;
    for (const auto& second : report.series) {
        results::SeriesPoint point;
        point.t = second.t;
        point.ok = second.ok;
        point.failed = second.failed;
        if (second.p50) {
            point.p50_ms = to_milliseconds(*second.p50);
        }
        if (second.p99) {
            point.p99_ms = to_milliseconds(*second.p99);
        }
        series.push_back(point);
    }
    return series;
}

void fill_measurement(results::Trial& trial, const load::LoadReport& report) {
    const double seconds = to_seconds(report.duration);
    trial.duration_s = seconds;
    trial.requests = requests_of(report);
    trial.ended = ended_of(report);
    trial.by_request = by_request(report);
    if (seconds > 0) {
        trial.requests_per_s = report.rate();
    }
    trial.offered_per_s = report.offered_ceiling;
    trial.round_trip_ms = round_trip_ms_of(report);
    trial.link_ceiling_per_s = report.link_ceiling;
    add_examples(trial.first_failures, report.failures);
    add_examples(trial.first_failures, report.ended_failures);
    trial.response_time_ms = results::summarise(report.response_time);
    trial.service_time_ms = results::summarise(report.service_time);
    trial.send_lag_ms = results::summarise(report.send_lag);
    trial.longest_cut_stay_ms = to_milliseconds(report.longest_cut_stay);
    trial.histogram = report.response_time;
    if (!(report.service_time == report.response_time)) {
        trial.service_histogram = report.service_time;
    }
    trial.series = series_of(report);
    trial.connections = report.connections;
    trial.bytes = report.bytes;
    trial.client_usage = client_usage_of(report);
    if (report.nofile > 0) {
        trial.effective_limits["generator nofile"] = std::to_string(report.nofile);
    }
    trial.notes.insert(trial.notes.end(), report.notes.begin(), report.notes.end());
}

results::ProfileInfo describe_profile(const config::LoadProfile& profile,
                                      const model::Payload& payload) {
    results::ProfileInfo info{profile.name, profile.requests.empty() ? word_of(profile.route) : "",
                              profile.load, description_of(profile)};
    if (!std::holds_alternative<model::LimitSearch>(profile.load)) {
        info.duration = profile.duration;
    }
    info.warmup = profile.warmup;
    info.timeout = profile.timeout;
    info.keep_alive = profile.keep_alive;
    info.connection_requests = profile.connection_requests;
    info.pipeline = profile.pipeline;
    info.verify = profile.verify;
    if (profile.requests.empty()) {
        info.payload = info_of(payload.of(profile.route).body);
    }
    for (const auto& request : profile.requests) {
        info.requests.push_back(info_of(request, profile.picks));
    }
    info.flow = profile.is_flow;
    info.cookies = profile.keeps_cookies;
    return info;
}

}  // namespace benchhost::trial
