#include "core/load/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::load {
namespace {

struct Row {
    std::string url;
    std::string address;
    std::uint16_t port = 0;
    std::string host_header;
    std::string path;
};

TEST(ParseUrl, TakesAUrlApart) {
    const Row rows[] = {
        {"http://127.0.0.1:8080/text", "127.0.0.1", 8080, "127.0.0.1:8080", "/text"},
        {"http://127.0.0.1/text", "127.0.0.1", 80, "127.0.0.1", "/text"},
        {"http://127.0.0.1:80/", "127.0.0.1", 80, "127.0.0.1", "/"},
        {"http://127.0.0.1", "127.0.0.1", 80, "127.0.0.1", "/"},
        {"HTTP://127.0.0.1:65535", "127.0.0.1", 65535, "127.0.0.1:65535", "/"},
        {"http://127.0.0.1?a=b", "127.0.0.1", 80, "127.0.0.1", "/?a=b"},
        {"http://127.0.0.1/a/b?c=d&e=/:@%20#part", "127.0.0.1", 80, "127.0.0.1",
         "/a/b?c=d&e=/:@%20"},
        {"http://127.0.0.1#part", "127.0.0.1", 80, "127.0.0.1", "/"},
        {"http://[::1]:8080/text", "::1", 8080, "[::1]:8080", "/text"},
        {"http://[::1]", "::1", 80, "[::1]", "/"},
        {"http://localhost:8080/text", "127.0.0.1", 8080, "localhost:8080", "/text"},
    };
    for (const Row& row : rows) {
        const Result<Target> target = parse_url(row.url);
        ASSERT_TRUE(target) << row.url << ": " << target.error().message;
        EXPECT_EQ(target->address, row.address) << row.url;
        EXPECT_EQ(target->port, row.port) << row.url;
        EXPECT_EQ(target->host_header, row.host_header) << row.url;
        EXPECT_EQ(target->path, row.path) << row.url;
        EXPECT_EQ(target->unix_path, "") << row.url;
    }
}

TEST(ParseUrl, TakesAUnixSocketApart) {
    const Row rows[] = {
        {"unix:/run/x.sock:/text?a=b:/c", "/run/x.sock", 0, "localhost", "/text?a=b:/c"},
        {"unix:/run/x.sock", "/run/x.sock", 0, "localhost", "/"},
        {"unix:/run/a:b.sock:/t", "/run/a:b.sock", 0, "localhost", "/t"},
        {"unix:x.sock:/t", "x.sock", 0, "localhost", "/t"},
    };
    for (const Row& row : rows) {
        const Result<Target> target = parse_url(row.url);
        ASSERT_TRUE(target) << row.url << ": " << target.error().message;
        EXPECT_EQ(target->unix_path, row.address) << row.url;
        EXPECT_EQ(target->address, "") << row.url;
        EXPECT_EQ(target->host_header, row.host_header) << row.url;
        EXPECT_EQ(target->path, row.path) << row.url;
    }
}

TEST(ParseUrl, SaysWhatIsWrong) {
    const std::pair<std::string, std::string> rows[] = {
        {"", "write http://"},
        {"127.0.0.1:8080", "write http://"},
        {"ftp://127.0.0.1/", "write http://"},
        {"http:/127.0.0.1", "write http://"},
        {"https://127.0.0.1/", "https is not supported"},
        {"http://", "the host is missing"},
        {"http:///text", "the host is missing"},
        {"http://:80/", "the host is missing"},
        {"http://user:secret@127.0.0.1/", "a user and password"},
        {"http://user@127.0.0.1/", "a user and password"},
        {"http://127.0.0.1:0/", "the port \"0\""},
        {"http://127.0.0.1:65536/", "the port \"65536\""},
        {"http://127.0.0.1:/", "the port \"\""},
        {"http://127.0.0.1:80x/", "the port \"80x\""},
        {"http://127.0.0.1: 80/", "the host has a space"},
        {"http://127.0.0.1\r\nX: y/", "the host has a space"},
        {"http://::1/", "goes in brackets"},
        {"http://[::1/", "no closing ]"},
        {"http://[::g]/", "is not an IPv6 address"},
        {"http://[127.0.0.1]/", "is not an IPv6 address"},
        {"http://[::1]80/", "is not a port"},
        {"http://127.0.0.1/a b", "percent-encoded"},
        {"http://127.0.0.1/a\r\nX: y", "percent-encoded"},
        {"http://127.0.0.1/\xC3\xA9", "percent-encoded"},
        {"unix:", "the socket's path is missing"},
        {"unix::/text", "the socket's path is missing"},
        {"unix:/x.sock:/a b", "percent-encoded"},
        {"unix:/" + std::string(200, 'x') + ":/text", "longer than 107 bytes"},
    };
    for (const auto& [url, message] : rows) {
        const Result<Target> target = parse_url(url);
        ASSERT_FALSE(target) << url;
        EXPECT_EQ(target.error().code, ErrorCode::usage) << url;
        EXPECT_THAT(target.error().message, testing::HasSubstr(message));
        EXPECT_THAT(target.error().message, testing::HasSubstr("\"" + url + "\""));
    }
}

TEST(ParseUrl, SaysWhichNameCannotBeResolved) {
    const Result<Target> target = parse_url("http://no-such-host.invalid/");
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, ErrorCode::environment);
    EXPECT_THAT(target.error().message,
                testing::HasSubstr("cannot resolve \"no-such-host.invalid\""));
}

}  // namespace
}  // namespace benchhost::load
