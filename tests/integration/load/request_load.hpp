// Loads of requests that differ from each other, as several tests ask them.
#pragma once

#include "core/load/load.hpp"
#include "tests/integration/load/request_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::load {

using Requests = std::vector<model::RequestSpec>;

/// With these header fields, each with its CR LF.
inline Reply reply_with(const std::string& fields, const std::string& body,
                        std::string_view status = "200 OK") {
    return {fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status, fields,
                        body.size(), body)};
}

inline model::RequestSpec asked_for(std::string method, std::string path) {
    model::RequestSpec request;
    request.name = method + path.substr(0, path.find('{'));
    request.method = std::move(method);
    request.path = std::move(path);
    return request;
}

/// Answered rightly with this body alone.
inline model::RequestSpec expecting(model::RequestSpec request, std::string body) {
    request.expect_body = model::BodySpec{std::move(body), false};
    return request;
}

inline model::RequestSpec weighing(model::RequestSpec request, std::uint32_t weight) {
    request.weight = weight;
    return request;
}

/// A closed loop that may take as long as it needs for `most_requests`.
inline LoadSpec spec_of(const RequestServer& server, Requests requests,
                        std::uint64_t most_requests) {
    LoadSpec spec;
    spec.target = server.target();
    spec.requests = std::move(requests);
    spec.model = model::ClosedLoop{4};
    spec.duration = std::chrono::seconds(120);
    spec.timeout = std::chrono::seconds(60);
    spec.most_requests = most_requests;
    return spec;
}

inline constexpr std::uint32_t kUsers = 10;  // of a flow

/// Users who go through these steps without a pause.
inline LoadSpec flow_of(const RequestServer& server, Requests steps, std::uint64_t most_requests) {
    auto spec = spec_of(server, std::move(steps), most_requests);
    spec.model = model::VirtualUsers{kUsers, 1000, {}};
    spec.is_flow = true;
    return spec;
}

inline LoadReport report_of(const LoadSpec& spec) {
    const std::atomic<bool> stop{false};
    auto report = run_load(spec, stop);
    EXPECT_TRUE(report.has_value()) << report.error().message;
    return report ? std::move(*report) : LoadReport{};
}

/// All that were planned were answered, rightly but for so many.
inline void expect_books(const LoadReport& report, std::uint64_t planned,
                         std::uint64_t failed = 0) {
    EXPECT_EQ(report.books.planned, planned);
    EXPECT_EQ(report.books.sent, planned);
    EXPECT_EQ(report.books.ok, planned - failed);
    EXPECT_EQ(report.books.failed, failed);
    EXPECT_EQ(report.books.unfinished, 0U);
    EXPECT_TRUE(report.books.balance());
    EXPECT_TRUE(report.ended.balance());
    EXPECT_EQ(report.ended.ok, planned - failed);
    EXPECT_EQ(report.response_time.count(), planned - failed);
}

}  // namespace benchhost::load
