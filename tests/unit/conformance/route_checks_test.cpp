// Each check of a route passes a server that does what the route asks, and names one that does not.
#include "core/conformance/route_checks.hpp"

#include "core/base/temporary_folder.hpp"
#include "tests/unit/conformance/answering_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace benchhost::conformance {
namespace {

using ::testing::HasSubstr;

const std::string kPlain = "text/plain";
const std::string kJson = "application/json";
const std::string kBytes = "application/octet-stream";

bool is_for(const Asked& asked, model::Route route) {
    return asked.target.starts_with(model::path_of(route));
}

std::size_t number_behind(const Asked& asked) {
    return std::stoul(asked.target.substr(asked.target.rfind('/') + 1));
}

std::string upload_answer(const Asked& asked) {
    const auto checksum = ::crc32(0, reinterpret_cast<const Bytef*>(asked.body.data()),
                                  static_cast<uInt>(asked.body.size()));
    return answer_of(200, kPlain, fmt::format("{} {:08x}", asked.body.size(), checksum));
}

std::string sum_answer(const Asked& asked) {
    const auto& fields =
        asked.method == "POST" ? asked.body : asked.target.substr(asked.target.find('?') + 1);
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    return std::sscanf(fields.c_str(), "a=%" SCNu64 "&b=%" SCNu64, &a, &b) == 2
               ? answer_of(200, kPlain, std::to_string(a + b))
               : answer_of(400, kPlain, "a and b");
}

std::string gzipped(std::string plain) {
    z_stream state{};
    EXPECT_EQ(deflateInit2(&state, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&state, plain.size()), '\0');
    state.next_in = reinterpret_cast<Bytef*>(plain.data());
    state.avail_in = static_cast<uInt>(plain.size());
    state.next_out = reinterpret_cast<Bytef*>(packed.data());
    state.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
    packed.resize(state.total_out);
    deflateEnd(&state);
    return packed;
}

std::string compressed_answer(const Asked& asked, const std::string& document) {
    return asked.head.find("gzip") == std::string::npos
               ? answer_of(200, kJson, document)
               : answer_of(200, kJson, gzipped(document), "Content-Encoding: gzip\r\n");
}

/// As each route asks.
Answering honest(const NoncePayload& payload) {
    return [&payload](const Asked& asked) {
        if (is_for(asked, model::Route::echo)) {
            return answer_of(200, kBytes, asked.body);
        }
        if (is_for(asked, model::Route::upload)) {
            return upload_answer(asked);
        }
        if (is_for(asked, model::Route::sum)) {
            return sum_answer(asked);
        }
        const auto number = number_behind(asked);
        if (is_for(asked, model::Route::wait)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(number));
            return answer_of(200, kPlain, payload.of(model::Route::wait).body);
        }
        if (number > kNonceItems) {
            return answer_of(404, kPlain, "not so many");
        }
        const auto document = payload.first_items(number);
        return is_for(asked, model::Route::items) ? answer_of(200, kJson, document)
                                                  : compressed_answer(asked, document);
    };
}

/// Nothing: as the honest one.
using Fault = std::function<std::optional<std::string>(const Asked&, const NoncePayload&)>;

class RouteChecks : public ::testing::Test {
  protected:
    Finding look(const std::function<Finding(Subject&)>& check, const Fault& fault = {}) {
        const auto right = honest(payload_);
        const AnsweringServer server([&](const Asked& asked) {
            const auto wrong = fault ? fault(asked, payload_) : std::nullopt;
            return wrong ? *wrong : right(asked);
        });
        Subject subject(trial::foreign_server({server.target()}), payload_, false);
        return check(subject);
    }

    TemporaryFolder folder_ = TemporaryFolder::make("route-checks-test").value();
    NoncePayload payload_ = NoncePayload::make(folder_.path()).value();
};

TEST_F(RouteChecks, WhatDoesAsItIsAskedPasses) {
    for (const auto check : {check_echo, check_upload, check_sum, check_items, check_compressed}) {
        const auto finding = look(check);
        EXPECT_EQ(finding.grade, Grade::pass) << finding.why;
    }
    // Whether requests that wait at once are answered soon enough depends on the machine as well.
    const auto finding = look(check_wait);
    EXPECT_NE(finding.grade, Grade::fail) << finding.why;
}

TEST_F(RouteChecks, AnEchoOfTheRequestBeforeIsNamed) {
    std::mutex lock;
    std::string before(1024, 'x');
    const auto finding = look(check_echo, [&](const Asked& asked, const NoncePayload& /*all*/) {
        const std::lock_guard<std::mutex> guard(lock);
        return std::optional(answer_of(200, kBytes, std::exchange(before, asked.body)));
    });
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.why, HasSubstr("a body of 1KiB: /echo answered other bytes"));
}

TEST_F(RouteChecks, AnUploadThatIsOnlyCountedIsNamed) {
    const auto finding = look(check_upload, [](const Asked& asked, const NoncePayload& /*all*/) {
        return std::optional(answer_of(200, kPlain, fmt::format("{} 00000000", asked.body.size())));
    });
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.why, HasSubstr("a body of 20MiB: /upload answered other bytes"));
}

TEST_F(RouteChecks, ChunksThatAreNotUnderstoodAreWarnedOf) {
    const auto finding = look(check_upload, [](const Asked& asked, const NoncePayload& /*all*/) {
        return asked.head.find("chunked") == std::string::npos
                   ? std::nullopt
                   : std::optional(answer_of(411, kPlain, "how long?"));
    });
    EXPECT_EQ(finding.grade, Grade::warn);
    EXPECT_THAT(finding.why, HasSubstr("a body in chunks (RFC 9112, 7.1)"));
}

TEST_F(RouteChecks, ASumThatIsMadeOnceIsNamed) {
    std::mutex lock;
    std::optional<std::string> first;
    const auto finding = look(check_sum, [&](const Asked& asked, const NoncePayload& /*all*/) {
        const std::lock_guard<std::mutex> guard(lock);
        if (!first) {
            first = sum_answer(asked);
        }
        return first;
    });
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.why, HasSubstr("by form: /sum answered"));
}

TEST_F(RouteChecks, ASumOfWhatIsMissingIsNamed) {
    const auto finding = look(check_sum, [](const Asked& asked, const NoncePayload& /*all*/) {
        return asked.target.ends_with("?a=1") ? std::optional(answer_of(200, kPlain, "1"))
                                              : std::nullopt;
    });
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_EQ(finding.why, "answers 200 to a sum without b, not 400");
}

TEST_F(RouteChecks, AWaitThatIsSkippedIsNamed) {
    const auto finding = look(check_wait, [](const Asked& /*asked*/, const NoncePayload& payload) {
        return std::optional(answer_of(200, kPlain, payload.of(model::Route::wait).body));
    });
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.why, HasSubstr("does not wait as long as it is asked to"));
}

TEST_F(RouteChecks, WhoWaitsInTurnIsWarnedOf) {
    std::mutex turn;
    const auto right = honest(payload_);
    const auto finding = look(check_wait, [&](const Asked& asked, const NoncePayload& /*all*/) {
        const std::lock_guard<std::mutex> guard(turn);
        return std::optional(right(asked));
    });
    EXPECT_EQ(finding.grade, Grade::warn);
    EXPECT_THAT(finding.why, HasSubstr("it holds up the others"));
}

TEST_F(RouteChecks, AllItemsForEveryNumberAreNamed) {
    const auto finding = look(check_items, [](const Asked& /*asked*/, const NoncePayload& payload) {
        return std::optional(answer_of(200, kJson, payload.first_items(kNonceItems)));
    });
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.why, HasSubstr("0 items: /items answered"));
}

TEST_F(RouteChecks, WhatIsNotCompressedOrHoldsSomethingElseIsNamed) {
    auto finding = look(check_compressed, [](const Asked& asked, const NoncePayload& payload) {
        return std::optional(answer_of(200, kJson, payload.first_items(number_behind(asked))));
    });
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.why, HasSubstr("gzip with Content-Encoding: \"\""));
    finding = look(check_compressed, [](const Asked& asked, const NoncePayload& payload) {
        return asked.head.find("gzip") == std::string::npos
                   ? std::nullopt
                   : std::optional(compressed_answer(asked, payload.first_items(3)));
    });
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.why, HasSubstr("50 items: what it sends as gzip does not hold them"));
}

}  // namespace
}  // namespace benchhost::conformance
