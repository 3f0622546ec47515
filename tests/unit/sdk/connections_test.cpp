// What a library leaves open is closed, and nothing else.
#include <benchhost/connections.hpp>
#include <benchhost/posix.hpp>

#include <gtest/gtest.h>

namespace {

using namespace benchhost;

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

TEST(Connections, ThoseOfThePortAreClosedAndNothingElse) {
    const sdk::Endpoint endpoint{"127.0.0.1", 0, 1, -1};
    const sdk::ListeningSocket listener = sdk::listen_at(endpoint);
    const sdk::ListeningSocket other = sdk::listen_at(endpoint);
    const sdk::Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(listener.port);
    ASSERT_EQ(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    const int accepted = ::accept(listener.socket.get(), nullptr, nullptr);
    ASSERT_GE(accepted, 0);
    sdk::close_connections(other.port);
    EXPECT_TRUE(is_open(accepted));
    sdk::close_connections(listener.port);
    EXPECT_FALSE(is_open(accepted));
    EXPECT_TRUE(is_open(client.get()));
    EXPECT_TRUE(is_open(listener.socket.get()));
    EXPECT_TRUE(is_open(other.socket.get()));
}

}  // namespace
