#include "core/machine/listeners.hpp"

#include "core/base/unique_fd.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>

namespace benchhost::machine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
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
    EXPECT_EQ(listeners[0].address, "127.0.0.1");
    EXPECT_EQ(listeners[0].port, 8080);
    EXPECT_EQ(listeners[0].inode, 4711U);
    EXPECT_EQ(listeners[1].address, "::1");
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
    EXPECT_TRUE(parse_listeners("heading\n0: 0100007:1F90 0:0 0A 0 0 0 0 0 4711 1\n").empty());
}

TEST(ParseUnixListeners, AreThoseThatListenAtThePath) {
    std::istringstream table(
        "Num       RefCount Protocol Flags    Type St Inode Path\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 101 /run/it.sock\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 102 /run/it.sock\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 103 /run/its.sock\n"
        "0000000000000000: 00000002 00000000 00010000 0001 01 104 /run/it.sock\n"
        "0000000000000000: 00000003 00000000 00000000 0001 03 105\n");
    EXPECT_THAT(parse_unix_listeners(table, "/run/it.sock"), ElementsAre(101U, 104U));
}

/// The inodes of those that a connection meets.
std::vector<std::uint64_t> met(const std::vector<Listener>& listeners, const std::string& address) {
    std::vector<std::uint64_t> inodes;
    for (const auto& listener : listeners_met(listeners, address, 80)) {
        inodes.push_back(listener.inode);
    }
    return inodes;
}

TEST(ListenersMet, AreBoundToTheAddressBeforeThoseBoundToAll) {
    const std::vector<Listener> all{{"127.0.0.1", 80, 1}, {"127.0.0.2", 80, 2},
                                    {"0.0.0.0", 80, 3},   {"::", 80, 4},
                                    {"::1", 80, 5},       {"::ffff:127.0.0.2", 80, 6},
                                    {"127.0.0.1", 81, 7}, {"127.0.0.1", 80, 8}};
    EXPECT_THAT(met(all, "127.0.0.1"), ElementsAre(1U, 8U));
    EXPECT_THAT(met(all, "127.0.0.2"), ElementsAre(2U, 6U));
    EXPECT_THAT(met(all, "127.0.0.3"), ElementsAre(3U));
    EXPECT_THAT(met(all, "0:0:0:0:0:0:0:1"), ElementsAre(5U));
    EXPECT_THAT(met(all, "fe80::1"), ElementsAre(4U));
    EXPECT_THAT(met({{"::", 80, 4}}, "127.0.0.1"), ElementsAre(4U));
    EXPECT_THAT(met({{"127.0.0.2", 80, 2}}, "127.0.0.1"), IsEmpty());
}

TEST(ListenersMet, WithoutAnAddressAreAllOfThePort) {
    const std::vector<Listener> all{{"127.0.0.1", 80, 1}, {"::", 80, 4}, {"127.0.0.1", 81, 7}};
    EXPECT_THAT(met(all, "localhost"), ElementsAre(1U, 4U));
    EXPECT_THAT(met(all, "0.0.0.0"), ElementsAre(1U, 4U));
    EXPECT_THAT(met(all, "::"), ElementsAre(1U, 4U));
}

struct Listening {
    UniqueFd socket;
    std::uint16_t port = 0;
};

/// Bound to a loopback address, and listening when `listens`; not open where there is none.
Listening bound_to(int family, bool listens) {
    Listening bound{UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)), 0};
    sockaddr_storage address{};
    address.ss_family = static_cast<sa_family_t>(family);
    if (family == AF_INET) {
        reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        reinterpret_cast<sockaddr_in6&>(address).sin6_addr = in6addr_loopback;
    }
    socklen_t size = sizeof address;
    if (::bind(bound.socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(bound.socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
        (listens && ::listen(bound.socket.get(), 1) != 0)) {
        bound.socket.reset();
    }
    bound.port = ntohs(family == AF_INET ? reinterpret_cast<sockaddr_in&>(address).sin_port
                                         : reinterpret_cast<sockaddr_in6&>(address).sin6_port);
    return bound;
}

class OwnSocket : public ::testing::TestWithParam<int> {};

TEST_P(OwnSocket, ListensOnlyOnceItListens) {
    const auto bound = bound_to(GetParam(), false);
    if (!bound.socket.is_open()) {
        GTEST_SKIP() << "this machine has no such address";
    }
    const bool is_v4 = GetParam() == AF_INET;
    const std::string address = is_v4 ? "127.0.0.1" : "::1";
    const auto place = (is_v4 ? "127.0.0.1:" : "[::1]:") + std::to_string(bound.port);
    EXPECT_EQ(owner_of_port({::getpid()}, address, bound.port), SocketOwner::nobody);
    ASSERT_EQ(::listen(bound.socket.get(), 1), 0);
    EXPECT_EQ(owner_of_port({::getpid()}, address, bound.port), SocketOwner::theirs);
    EXPECT_EQ(owner_of_port({}, address, bound.port), SocketOwner::other);
    EXPECT_EQ(owner_of_port({::getpid()}, is_v4 ? "127.0.0.2" : "::2", bound.port),
              SocketOwner::nobody);
    EXPECT_THAT(listening_places({::getpid()}), Contains(place));
    EXPECT_THAT(listening_places({::getppid()}), Not(Contains(place)));
}

INSTANTIATE_TEST_SUITE_P(Listeners, OwnSocket, ::testing::Values(AF_INET, AF_INET6));

/// Another process that stays as it is after `preparation`, which tells whether all went well.
class Stays {
  public:
    explicit Stays(const std::function<bool()>& preparation) {
        int done[2] = {-1, -1};
        if (::pipe(done) != 0) {
            return;
        }
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (preparation() && ::write(done[1], "", 1) == 1) {
                for (;;) {
                    ::pause();
                }
            }
            ::_exit(1);
        }
        ::close(done[1]);
        char byte = 0;
        prepared_ = ::read(done[0], &byte, 1) == 1;
        ::close(done[0]);
    }
    Stays(const Stays&) = delete;
    Stays& operator=(const Stays&) = delete;
    ~Stays() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
    }
    bool prepared() const { return prepared_; }
    pid_t pid() const { return pid_; }

  private:
    pid_t pid_ = -1;
    bool prepared_ = false;
};

/// What `look` finds in a process of its own, which changes itself.
int found_by(const std::function<int()>& look) {
    const pid_t looking = ::fork();
    if (looking == 0) {
        ::_exit(look());
    }
    int status = -1;
    ::waitpid(looking, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool become_nobody() {
    constexpr uid_t kNobody = 65'534;
    return ::geteuid() != 0 ||
           (::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
            ::setresuid(kNobody, kNobody, kNobody) == 0);
}

// As whoever is not root sees it: root may look into everything.
TEST(SocketOwners, WhatHidesIsNotKnown) {
    const auto listening = bound_to(AF_INET, true);
    ASSERT_TRUE(listening.socket.is_open());
    constexpr int kNotTold = 99;
    const auto owner = found_by([&] {
        if (!become_nobody()) {
            return kNotTold;
        }
        const Stays hidden([] { return ::prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) == 0; });
        if (!hidden.prepared() || unseen_among({hidden.pid()}).size() != 1) {
            return kNotTold;
        }
        return static_cast<int>(owner_of_port({hidden.pid()}, "127.0.0.1", listening.port));
    });
    EXPECT_EQ(owner, static_cast<int>(SocketOwner::unseen));
}

bool give_up_right_to_trace() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3]{};
    if (::syscall(SYS_capget, &header, &rights[0]) != 0) {
        return false;
    }
    constexpr auto kTrace = ~(1U << static_cast<unsigned>(CAP_SYS_PTRACE));
    rights[0].effective &= kTrace;
    rights[0].permitted &= kTrace;
    rights[0].inheritable &= kTrace;
    return ::syscall(SYS_capset, &header, &rights[0]) == 0;
}

// As in a container: its root may become anybody, but trace only those with no more rights than its
// own user.
TEST(SocketOwners, AreSeenByARootThatMayNotTrace) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can become another user";
    }
    const auto listening = bound_to(AF_INET, true);
    ASSERT_TRUE(listening.socket.is_open());
    const Stays server(
        [] { return become_nobody() && ::prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL) == 0; });
    ASSERT_TRUE(server.prepared());
    constexpr int kNotTold = 99;
    const auto owner = found_by([&] {
        return give_up_right_to_trace()
                   ? static_cast<int>(owner_of_port({server.pid()}, "127.0.0.1", listening.port))
                   : kNotTold;
    });
    EXPECT_EQ(owner, static_cast<int>(SocketOwner::theirs));
}

TEST(SocketOwners, OfAUnixSocket) {
    std::string folder = (std::filesystem::temp_directory_path() / "benchhost-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const auto path = folder + "/s";
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(path.size(), sizeof address.sun_path);
    std::copy(path.begin(), path.end(), std::begin(address.sun_path));
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(owner_of_unix_socket({::getpid()}, path), SocketOwner::nobody);
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    EXPECT_EQ(owner_of_unix_socket({::getpid()}, path), SocketOwner::theirs);
    EXPECT_EQ(owner_of_unix_socket({}, path), SocketOwner::other);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace benchhost::machine
