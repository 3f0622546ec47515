#include "core/base/http_url.hpp"
#include "core/base/printable.hpp"
#include "core/http/socket_address.hpp"
#include "core/load/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace benchhost::http {
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
        {"http://[::ffff:127.0.0.1]:8080/", "::ffff:127.0.0.1", 8080, "[::ffff:127.0.0.1]:8080",
         "/"},
        {"http://[fe80::1%25eth0]:8080/text", "fe80::1%eth0", 8080, "[fe80::1]:8080", "/text"},
        {"http://[fe80::1%eth0]/", "fe80::1%eth0", 80, "[fe80::1]", "/"},
        {"http://[fe80::1%2]/", "fe80::1%2", 80, "[fe80::1]", "/"},
        {"http://[fe80::1%25]/", "fe80::1%25", 80, "[fe80::1]", "/"},
        {"http://127.0.0.1:/text", "127.0.0.1", 80, "127.0.0.1", "/text"},
        {"http://[::1]:", "::1", 80, "[::1]", "/"},
        {"http://127.1:8080/", "127.0.0.1", 8080, "127.1:8080", "/"},
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

TEST(ParseUrl, LeavesANameAsItWasWritten) {
    const auto url = parse_http_url("http://EXAMPLE.local.:/x");
    ASSERT_TRUE(url) << url.error().message;
    EXPECT_EQ(url->host, "EXAMPLE.local.");
    EXPECT_EQ(url->host_header, "EXAMPLE.local.");
    EXPECT_EQ(url->port, 80);
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
        {"http://127.0.0.1:80x/", "the port \"80x\""},
        {"http://127.0.0.1: 80/", "the host has a space"},
        {"http://127.0.0.1\r\nX: y/", "the host has a space"},
        {"http://::1/", "goes in brackets"},
        {"http://[::1/", "no closing ]"},
        {"http://[::g]/", "is not an IPv6 address"},
        {"http://[127.0.0.1]/", "is not an IPv6 address"},
        {"http://[::g%eth0]/", "\"::g\" is not an IPv6 address"},
        {"http://[fe80::1%]/", "no network interface"},
        {"http://b\xC3\xBC"
         "cher.example/",
         "as punycode, such as xn--bcher-kva.example"},
        {"http://[::1]80/", "is not a port"},
        {"http://127.0.0.1/a b", "percent-encoded"},
        {"http://127.0.0.1/a\r\nX: y", "percent-encoded"},
        {"http://127.0.0.1/\xC3\xA9", "percent-encoded"},
        {"unix:", "the socket's path is missing"},
        {"unix::/text", "the socket's path is missing"},
        {"unix:/x.sock:/a b", "percent-encoded"},
        {"unix:/" + std::string(200, 'x') + ":/text", "longer than 107 bytes"},
        {"http://127.0.0.1/" + std::string(8000, 'x'), "longer than 8000 bytes"},
    };
    for (const auto& [url, message] : rows) {
        const Result<Target> target = parse_url(url);
        ASSERT_FALSE(target) << url;
        EXPECT_EQ(target.error().code, ErrorCode::usage) << url;
        EXPECT_THAT(target.error().message, testing::HasSubstr(message));
        EXPECT_THAT(target.error().message, testing::HasSubstr(in_quotes(url)));
    }
}

TEST(ResolveUrl, GivesEveryAddressOfANameOnce) {
    const auto targets = resolve_url("http://localhost:8080/text");
    ASSERT_TRUE(targets) << targets.error().message;
    std::vector<std::string> addresses;
    for (const Target& target : *targets) {
        addresses.push_back(target.address);
        EXPECT_EQ(target.port, 8080);
        EXPECT_EQ(target.host_header, "localhost:8080");
        EXPECT_EQ(target.path, "/text");
    }
    EXPECT_EQ(addresses.front(), "127.0.0.1") << "what most servers listen on";
    std::sort(addresses.begin(), addresses.end());
    EXPECT_EQ(std::adjacent_find(addresses.begin(), addresses.end()), addresses.end());
    EXPECT_EQ(resolve_url("http://[::1]/")->size(), 1U);
    EXPECT_EQ(resolve_url("unix:/run/x.sock")->size(), 1U);
}

TEST(AddressOf, KnowsTheInterfaceOfALinkLocalAddress) {
    const auto scope_of = [](const std::string& url) -> Result<std::uint32_t> {
        const auto address = address_of(parse_url(url).value());
        if (!address) {
            return address.error();
        }
        sockaddr_in6 raw{};
        std::memcpy(&raw, &address->storage, sizeof(raw));
        return raw.sin6_scope_id;
    };
    EXPECT_EQ(*scope_of("http://[fe80::1%25lo]/"), ::if_nametoindex("lo"));
    EXPECT_EQ(*scope_of("http://[fe80::1%lo]/"), ::if_nametoindex("lo"));
    EXPECT_EQ(*scope_of("http://[fe80::1%7]/"), 7U);
    EXPECT_EQ(*scope_of("http://[fe80::1]/"), 0U);
    const auto none = scope_of("http://[fe80::1%nosuch0]/");
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().message, testing::HasSubstr("no network interface \"nosuch0\""));
}

TEST(ParseUrl, SaysWhichNameCannotBeResolved) {
    const Result<Target> target = parse_url("http://no-such-host.invalid/");
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().code, ErrorCode::environment);
    EXPECT_THAT(target.error().message,
                testing::HasSubstr("cannot resolve \"no-such-host.invalid\""));
}

}  // namespace
}  // namespace benchhost::http
