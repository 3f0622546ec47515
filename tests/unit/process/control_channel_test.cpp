#include "core/process/control_channel.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <thread>

namespace benchhost::process {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Silence = ControlChannel::Silence;

constexpr auto kAmple = std::chrono::seconds(60);

TEST(ControlChannel, CarriesWholeMessagesInOrder) {
    auto ends = ControlChannel::make_pair();
    ASSERT_TRUE(ends);
    auto& [one, other] = *ends;
    const std::string large(300'000, 'x');
    ASSERT_TRUE(one.send("first"));
    ASSERT_TRUE(one.send(std::string("zero\0byte", 9)));
    ASSERT_TRUE(one.send(large));
    const auto soon = steady_clock::now() + kAmple;
    EXPECT_EQ(other.receive(soon).message, "first");
    EXPECT_EQ(other.receive(soon).message, std::string("zero\0byte", 9));
    EXPECT_EQ(other.receive(soon).message, large);
}

TEST(ControlChannel, TellsSilenceFromDeath) {
    auto ends = ControlChannel::make_pair();
    ASSERT_TRUE(ends);
    auto& [one, other] = *ends;
    auto received = other.receive(steady_clock::now() + milliseconds(20));
    EXPECT_FALSE(received.message);
    EXPECT_EQ(received.silence, Silence::timed_out);

    ASSERT_TRUE(one.send("last words"));
    one.close();
    EXPECT_EQ(other.receive(steady_clock::now()).message, "last words");
    received = other.receive(steady_clock::now() + kAmple);
    EXPECT_FALSE(received.message);
    EXPECT_EQ(received.silence, Silence::hung_up);
    EXPECT_FALSE(other.send("is anybody there"));
}

// A server that has just ended when it is asked to stop: its last words are not lost.
TEST(ControlChannel, BringsTheLastWordsOfAPeerThatDidNotReadOurs) {
    auto ends = ControlChannel::make_pair();
    ASSERT_TRUE(ends);
    auto& [one, other] = *ends;
    ASSERT_TRUE(one.send("last words"));
    ASSERT_TRUE(other.send("stop"));
    one.close();
    EXPECT_EQ(other.receive(steady_clock::now() + kAmple).message, "last words");
    const auto received = other.receive(steady_clock::now() + kAmple);
    EXPECT_FALSE(received.message);
    EXPECT_EQ(received.silence, Silence::hung_up);
}

TEST(ControlChannel, NeverBlocksOnAPeerThatDoesNotRead) {
    auto ends = ControlChannel::make_pair();
    ASSERT_TRUE(ends);
    const std::string block(100'000, 'x');
    int accepted = 0;
    while (ends->first.send(block)) {
        ++accepted;
    }
    EXPECT_GT(accepted, 0);
}

TEST(ControlChannel, SaysThatAMessageIsTooLarge) {
    auto ends = ControlChannel::make_pair();
    ASSERT_TRUE(ends);
    const auto sent = ends->first.send(std::string(64 * 1024 * 1024, 'x'));
    ASSERT_FALSE(sent);
    EXPECT_NE(sent.error().message.find("67108864 bytes"), std::string::npos)
        << sent.error().message;
}

// Whoever has the other end may write with what the kernel gives it, and not by send().
TEST(ControlChannel, KeepsNoMoreThanTheBeginningOfAMessageThatIsTooLong) {
    auto ends = ControlChannel::make_pair();
    ASSERT_TRUE(ends);
    const auto& [one, other] = *ends;
    const std::string endless(kLongestMessage + 1000, ' ');
    if (::send(one.fd(), endless.data(), endless.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        GTEST_SKIP() << "the kernel sends none: net.core.wmem_max";
    }
    ASSERT_TRUE(one.send("the next"));
    const auto received = other.receive(steady_clock::now() + kAmple);
    ASSERT_TRUE(received.message);
    EXPECT_EQ(received.message->size(), kLongestMessage);
    EXPECT_EQ(other.receive(steady_clock::now() + kAmple).message, "the next");
}

}  // namespace
}  // namespace benchhost::process
