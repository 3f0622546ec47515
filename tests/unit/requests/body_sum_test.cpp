// Length and checksum of a body, as zlib has them of the whole text.
#include "core/requests/body_sum.hpp"

#include "tests/unit/requests/templates.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace benchhost::requests {
namespace {

std::uint32_t zlib_sum(const std::string& text) {
    return static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

TEST(BodySum, IsThatOfTheWholeText) {
    for (const std::string_view text :
         {"", "x", "Hello World!", "{nonce}", "{seq}{seq}", "{nonce}tail", "head{rand:1..100000}",
          "a{pick:names}b{seq}c{rand:01..99}d", "{\"id\":{seq},\"name\":\"{pick:names}\"}",
          "{fill:100KiB}", "{nonce}{fill:70001B}{rand:1..9}{fill:3B}{user}"}) {
        const auto body = template_of(text);
        const BodySum sum(body);
        for (const auto& request : some_requests()) {
            const auto whole = body.text(request);
            EXPECT_EQ(sum.length(request), whole.size()) << text;
            EXPECT_EQ(sum.crc32(request), zlib_sum(whole)) << text;
        }
    }
}

TEST(BodySum, IsThatOfBytesThatAreNoText) {
    std::string bytes;
    for (int i = 0; i < 1000; ++i) {
        bytes += static_cast<char>(i % 256);
    }
    const BodySum sum{TextTemplate(bytes)};
    EXPECT_EQ(sum.length({}), 1000U);
    EXPECT_EQ(sum.crc32({}), zlib_sum(bytes));
}

TEST(BodySum, TellsRequestsApart) {
    const BodySum sum(template_of("{nonce}{fill:1KiB}"));
    EXPECT_NE(sum.crc32({1, 0, 1}), sum.crc32({2, 0, 1}));
}

}  // namespace
}  // namespace benchhost::requests
