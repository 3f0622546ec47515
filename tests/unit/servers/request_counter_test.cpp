#include "core/servers/request_counter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace benchhost::servers {
namespace {

TEST(RequestCounter, CountsWhateverTheReadsWere) {
    const std::string stream =
        "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\r\n\r\n\r\n\r\nGET /";
    RequestCounter whole;
    EXPECT_EQ(whole.count(stream), 3U);
    for (std::size_t first = 0; first <= stream.size(); ++first) {
        for (std::size_t second = first; second <= stream.size(); ++second) {
            RequestCounter counter;
            std::size_t count = counter.count(stream.substr(0, first));
            count += counter.count(stream.substr(first, second - first));
            count += counter.count(stream.substr(second));
            ASSERT_EQ(count, 3U) << first << " " << second;
        }
    }
}

}  // namespace
}  // namespace benchhost::servers
