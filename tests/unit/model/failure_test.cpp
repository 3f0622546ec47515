#include "core/model/failure.hpp"

#include <gtest/gtest.h>

#include <set>

namespace benchhost::model {
namespace {

TEST(FailureClass, HasANameOfItsOwn) {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        names.insert(to_string(static_cast<FailureClass>(i)));
    }
    EXPECT_EQ(names.size(), kFailureClasses);
    EXPECT_EQ(to_string(FailureClass::connect_refused), "connect-refused");
    EXPECT_EQ(to_string(FailureClass::bad_body), "bad-body");
    EXPECT_EQ(to_string(FailureClass::timeout), "timeout");
}

TEST(FailureCounts, KeepTheFirstExampleOfEachClass) {
    FailureCounts counts;
    counts.add(FailureClass::bad_status, "503");
    counts.add(FailureClass::bad_status, "404");
    counts.add(FailureClass::timeout, "nothing within 2s");
    EXPECT_EQ(counts.count(FailureClass::bad_status), 2U);
    EXPECT_EQ(counts.total(), 3U);
    EXPECT_EQ(counts.example(FailureClass::bad_status), "503");
    EXPECT_EQ(counts.example(FailureClass::bad_body), "");
}

TEST(FailureCounts, AskForAnExampleOnceOnTheHotPath) {
    FailureCounts counts;
    EXPECT_TRUE(counts.add(FailureClass::bad_body));
    counts.set_example(FailureClass::bad_body, "first");
    EXPECT_FALSE(counts.add(FailureClass::bad_body));
    EXPECT_EQ(counts.count(FailureClass::bad_body), 2U);
}

TEST(FailureCounts, ShowAtMost256BytesAndOnlyText) {
    FailureCounts counts;
    counts.add(FailureClass::malformed_answer, std::string(1000, 'x'));
    EXPECT_EQ(counts.example(FailureClass::malformed_answer).size(), 256U);
    counts.add(FailureClass::bad_body, std::string_view("a\r\n\0\xFF\"", 6));
    EXPECT_EQ(counts.example(FailureClass::bad_body), "a\\r\\n\\x00\\xff\"");
}

TEST(FailureCounts, MergeByAddingAndKeepingWhatIsThere) {
    FailureCounts one;
    FailureCounts other;
    one.add(FailureClass::timeout, "mine");
    other.add(FailureClass::timeout, "theirs");
    other.add(FailureClass::bad_length, "11 of 12 bytes");
    one.merge(other);
    EXPECT_EQ(one.count(FailureClass::timeout), 2U);
    EXPECT_EQ(one.example(FailureClass::timeout), "mine");
    EXPECT_EQ(one.example(FailureClass::bad_length), "11 of 12 bytes");
    EXPECT_EQ(one.total(), 3U);
}

}  // namespace
}  // namespace benchhost::model
