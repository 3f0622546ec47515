#include "core/trial/probe_routes.hpp"

#include "core/base/json_reader.hpp"
#include "core/trial/ask_until.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace benchhost::trial {
namespace {

using std::chrono::steady_clock;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    return text;
}

std::string shorten(const std::string& text) {
    constexpr std::size_t kMost = 80;
    return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

bool same_json(const std::string& one, const std::string& other) {
    const auto first = parse_json(one);
    const auto second = parse_json(other);
    return first && second && *first == *second;
}

http::Target route_target(const RunningServer& server, model::Route route) {
    auto target = server.target();
    target.path = route_path(target.path, route);
    return target;
}

}  // namespace

std::string header(const http::ProbeReport& answer, const std::string& name) {
    for (const auto& [key, value] : answer.headers) {
        if (lower(key) == name) {
            return value;
        }
    }
    return "";
}

std::string route_path(const std::string& base, model::Route route) {
    return (base == "/" ? "" : base) + model::path_of(route);
}

std::optional<std::string> wrong_answer(const http::ProbeReport& answer,
                                        const model::RouteContent& expected) {
    const auto* path = model::path_of(expected.route);
    const auto form = model::facts_of(expected.route).form;
    if (answer.status != 200) {
        const auto location = header(answer, "location");
        return fmt::format("{} answered with status {}{} instead of 200", path, answer.status,
                           location.empty() ? "" : fmt::format(" (to {})", location));
    }
    if (answer.body != expected.body) {
        if (form == model::RouteForm::serialised && same_json(answer.body, expected.body)) {
            return fmt::format(
                "{} answered the right JSON in other bytes: {} instead of {} (\"{}\")", path,
                answer.body.size(), expected.body.size(), shorten(answer.body));
        }
        return fmt::format("{} answered {} bytes instead of the expected {} (\"{}\")", path,
                           answer.body.size() == expected.body.size()
                               ? "other"
                               : std::to_string(answer.body.size()),
                           expected.body.size(), shorten(answer.body));
    }
    const auto type = lower(header(answer, "content-type"));
    // Libraries tell the type of a file by its name.
    const bool checked =
        form != model::RouteForm::from_file && form != model::RouteForm::uncompared;
    if (checked && !type.starts_with(lower(expected.content_type))) {
        return fmt::format("{} answered with content type \"{}\" instead of \"{}\"", path, type,
                           expected.content_type);
    }
    return std::nullopt;
}

Result<http::ProbeReport> probe_until_right(RunningServer& server,
                                            const model::RouteContent& expected,
                                            steady_clock::time_point deadline,
                                            const std::atomic<bool>& stop) {
    const Question question{
        route_target(server, expected.route).path,
        [&](const http::Target& /*its path is the server's*/) {
            return server.ask(route_target(server, expected.route), kProbeTimeout, false);
        },
        [&](const http::ProbeReport& answer) { return wrong_answer(answer, expected); }};
    return ask_until_right(server, question, deadline, stop);
}

Result<results::ProbedAnswer> probe_routes(RunningServer& server, const model::Payload& payload,
                                           model::Route measured, bool all_routes,
                                           Nanoseconds patience, const std::atomic<bool>& stop) {
    const auto deadline = steady_clock::now() + patience;
    const auto& expected = payload.of(measured);
    auto answer = probe_until_right(server, expected, deadline, stop);
    if (!answer) {
        return answer.error();
    }
    const auto reused = server.ask(route_target(server, measured), kProbeTimeout, true);
    for (const auto& route : payload.routes) {
        if (all_routes && route.route != measured &&
            model::is_usual(model::facts_of(route.route).form)) {
            if (auto other = probe_until_right(server, route, deadline, stop); !other) {
                return other.error();
            }
        }
    }
    results::ProbedAnswer probed;
    probed.body_bytes = answer->body.size();
    probed.wire_bytes = reused ? reused->wire_bytes : answer->wire_bytes;
    probed.http_version =
        fmt::format("HTTP/1.{}", reused ? reused->http_minor : answer->http_minor);
    probed.keeps_alive = reused && reused->keeps_alive;
    return probed;
}

}  // namespace benchhost::trial
