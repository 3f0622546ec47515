#include "core/process/claims.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace benchhost::process {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Event event_of(Event::Kind kind) {
    Event event;
    event.kind = kind;
    event.pid = 4711;
    event.place = {80, "/run/it.sock"};
    event.stage = Stage::ready;
    event.reason = "why";
    event.limits = {{"memory", "none"}};
    event.log = {"a line"};
    event.end.emplace();
    event.left = Leftovers{{"socket:[1]"}, 3, true};
    return event;
}

TEST(AsToldByChild, IsWhatItMaySayOfItself) {
    for (const auto kind : {Event::Kind::configured, Event::Kind::failed, Event::Kind::destroyed}) {
        const auto told = as_told_by_child(event_of(kind));
        ASSERT_TRUE(told);
        EXPECT_EQ(told->kind, kind);
        EXPECT_EQ(told->stage, Stage::ready);
        EXPECT_EQ(told->reason, "why");
        ASSERT_TRUE(told->left);
        EXPECT_THAT(told->left->descriptors, ElementsAre("socket:[1]"));
        EXPECT_EQ(told->left->threads, 3U);
        EXPECT_TRUE(told->left->own_runtime);
        EXPECT_EQ(told->pid, 0) << "which process it is the kernel says";
        EXPECT_TRUE(told->place.unix_socket.empty());
        EXPECT_EQ(told->place.port, 0);
        EXPECT_THAT(told->limits, IsEmpty());
        EXPECT_THAT(told->log, IsEmpty());
        EXPECT_FALSE(told->end);
    }
}

TEST(AsToldByChild, IsNothingThatOnlyOthersKnow) {
    for (const auto kind : {Event::Kind::spawned, Event::Kind::executing, Event::Kind::ready,
                            Event::Kind::exited, Event::Kind::log}) {
        EXPECT_FALSE(as_told_by_child(event_of(kind))) << static_cast<int>(kind);
    }
}

TEST(AsToldByChild, IsPrintableAndBounded) {
    auto event = event_of(Event::Kind::failed);
    event.reason = "a\x1b[2J\nb" + std::string(100'000, 'x');
    event.left->descriptors.assign(2000, "\x07" + std::string(10'000, 'y'));
    const auto told = as_told_by_child(event);
    ASSERT_TRUE(told);
    EXPECT_THAT(told->reason, ::testing::StartsWith("a?[2J?bxxx"));
    EXPECT_LE(told->reason.size(), 4000U);
    EXPECT_EQ(told->left->descriptors.size(), 1000U);
    EXPECT_EQ(told->left->descriptors.front(), "?" + std::string(255, 'y'));
}

TEST(WhyUnseen, NamesTheProcessesAndWhatToDo) {
    const auto why = why_unseen({"worker(12)", "worker(13)"});
    EXPECT_THAT(why, HasSubstr("worker(12), worker(13) may not be looked into"));
    EXPECT_THAT(why, HasSubstr("run benchhost as root"));
}

}  // namespace
}  // namespace benchhost::process
