#include "core/machine/listeners.hpp"

#include "core/base/unique_fd.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sstream>

namespace benchhost::machine {
namespace {

using ::testing::Contains;
using ::testing::Not;

TEST(ParseListeners, ReadsPortAndInodeAndStopsBehindTheListeners) {
    const auto listeners = parse_listeners(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
        "timeout inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        "
        "0 4711 1 0000000000000000 100 0 0 10 0\n"
        "   1: 00000000000000000000000001000000:01BB 00000000000000000000000000000000:0000 0A "
        "00000000:00000000 00:00000000 00000000     0        0 815 1 0000000000000000\n"
        "   2: 0100007F:1F91 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        "
        "0 99 1 0000000000000000\n"
        "   3: 0100007F:1F92 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        "
        "0 1 1 0000000000000000\n");
    ASSERT_EQ(listeners.size(), 2U);
    EXPECT_EQ(listeners[0].port, 8080);
    EXPECT_EQ(listeners[0].inode, 4711U);
    EXPECT_EQ(listeners[1].port, 443);
    EXPECT_EQ(listeners[1].inode, 815U);
}

TEST(ParseResolverSockets, AreThoseWhoseOtherEndIsANameServer) {
    std::istringstream table(
        "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
        "timeout inode ref pointer drops\n"
        "  100: 0100007F:8AC1 0100007F:0035 01 00000000:00000000 00:00000000 00000000     0        "
        "0 4711 2 0000000000000000 0\n"
        "  101: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        "
        "0 4712 2 0000000000000000 0\n"
        "nonsense\n");
    EXPECT_THAT(parse_resolver_sockets(table), ::testing::ElementsAre(4711U));
}

TEST(ParseListeners, NonsenseIsNoListener) {
    EXPECT_TRUE(parse_listeners("").empty());
    EXPECT_TRUE(parse_listeners("heading\nnot a row\n").empty());
}

class OwnSocket : public ::testing::TestWithParam<int> {};

TEST_P(OwnSocket, ListensOnlyOnceItListens) {
    const UniqueFd socket(::socket(GetParam(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_TRUE(socket.is_open());
    sockaddr_storage address{};
    address.ss_family = static_cast<sa_family_t>(GetParam());
    if (GetParam() == AF_INET) {
        reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        reinterpret_cast<sockaddr_in6&>(address).sin6_addr = in6addr_loopback;
    }
    socklen_t size = sizeof address;
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) {
        GTEST_SKIP() << "this machine has no such address";
    }
    ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const std::uint16_t port =
        ntohs(GetParam() == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                    : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
    EXPECT_FALSE(listens_on({::getpid()}, port));
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    EXPECT_TRUE(listens_on({::getpid()}, port));
    EXPECT_FALSE(listens_on({::getppid()}, port));  // somebody listens there, but not he
    EXPECT_THAT(listening_ports({::getpid()}), Contains(port));
    EXPECT_THAT(listening_ports({::getppid()}), Not(Contains(port)));
}

INSTANTIATE_TEST_SUITE_P(Listeners, OwnSocket, ::testing::Values(AF_INET, AF_INET6));

}  // namespace
}  // namespace benchhost::machine
