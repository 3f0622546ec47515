#include "core/model/fail_condition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace benchhost::model {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using ConditionFigure = FailCondition::Figure;

FailCondition condition_of(const std::string& text) {
    const auto condition = parse_fail_condition(text);
    EXPECT_TRUE(condition.has_value()) << text << ": " << condition.error().message;
    return condition ? *condition : FailCondition{};
}

std::string why_none(const std::string& text) {
    const auto condition = parse_fail_condition(text);
    if (condition) {
        return "accepted";
    }
    EXPECT_EQ(condition.error().code, ErrorCode::usage);
    return condition.error().message;
}

TEST(FailConditions, AreAFigureASignAndABorder) {
    const auto slow = condition_of("p99>50ms");
    EXPECT_EQ(slow.figure, ConditionFigure::p99);
    EXPECT_TRUE(slow.above);
    EXPECT_DOUBLE_EQ(slow.border, 50);
    EXPECT_EQ(slow.text, "p99>50ms");
    const auto few = condition_of("rate<20k/s");
    EXPECT_EQ(few.figure, ConditionFigure::rate);
    EXPECT_FALSE(few.above);
    EXPECT_DOUBLE_EQ(few.border, 20'000);
    const auto lossy = condition_of("failed>0.1%");
    EXPECT_EQ(lossy.figure, ConditionFigure::failed);
    EXPECT_TRUE(lossy.above);
    EXPECT_DOUBLE_EQ(lossy.border, 0.001);
}

TEST(FailConditions, EachFigureHasItsName) {
    const std::pair<const char*, ConditionFigure> kNames[] = {
        {"p50", ConditionFigure::p50},   {"p75", ConditionFigure::p75},
        {"p90", ConditionFigure::p90},   {"p95", ConditionFigure::p95},
        {"p99", ConditionFigure::p99},   {"p99.9", ConditionFigure::p99_9},
        {"mean", ConditionFigure::mean}, {"max", ConditionFigure::max}};
    for (const auto& [name, figure] : kNames) {
        EXPECT_EQ(condition_of(std::string(name) + ">1s").figure, figure) << name;
        EXPECT_DOUBLE_EQ(condition_of(std::string(name) + "<250us").border, 0.25) << name;
    }
}

TEST(FailConditions, MayHaveBlanks) {
    const auto condition = condition_of("  p99  >  1.5s ");
    EXPECT_EQ(condition.figure, ConditionFigure::p99);
    EXPECT_DOUBLE_EQ(condition.border, 1500);
    EXPECT_EQ(condition.text, "p99  >  1.5s");
}

TEST(FailConditions, BordersAreSpelledAsElsewhere) {
    EXPECT_DOUBLE_EQ(condition_of("failed>0.02").border, 0.02);
    EXPECT_DOUBLE_EQ(condition_of("failed>0%").border, 0);
    EXPECT_DOUBLE_EQ(condition_of("rate<400").border, 400);
    EXPECT_DOUBLE_EQ(condition_of("max>0").border, 0);
}

TEST(FailConditions, WhatIsNoneSaysWhatWouldBe) {
    for (const auto* text : {"", "p99", "50ms", "p99=50ms", ">50ms", "p98>1s", "P99>1s", "p 99>1s",
                             "rps>1", "failed 1%"}) {
        EXPECT_THAT(why_none(text), HasSubstr("is no condition; allowed: p50, p75, p90")) << text;
        EXPECT_THAT(why_none(text), StartsWith("\"" + std::string(text) + "\"")) << text;
    }
}

TEST(FailConditions, ABorderOfAnotherKindIsTold) {
    for (const auto* text :
         {"p99>50", "p99>", "p99>50%", "p99>-1ms", "mean<20k/s", "p99>50ms>1", "p99>=50ms",
          "failed>50ms", "failed>101%", "failed>", "rate<50ms", "rate<0", "rate<"}) {
        EXPECT_THAT(why_none(text), StartsWith("\"" + std::string(text) + "\": ")) << text;
    }
}

}  // namespace
}  // namespace benchhost::model
