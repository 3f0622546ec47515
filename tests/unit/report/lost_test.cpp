// What users of the head lose is a regression, whatever its speed.
#include "report/compare/comparison.hpp"
#include "report/compare/render.hpp"
#include "tests/unit/report/trial_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace benchhost::report {
namespace {

using compare::Change;
using compare::Decision;
using model::GateMetric;
using model::Outcome;
using model::Verdict;
using results::Trial;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const compare::Gate kEverything;

/// All requests of every round were answered rightly.
results::ResultSet whole(TrialSource& source, const std::vector<std::string>& servers = {"beast"}) {
    auto results = source.results(10, {});
    results.trials.clear();
    for (std::uint32_t round = 1; round <= 10; ++round) {
        for (const auto& server : servers) {
            auto trial = source.trial(server, round, {});
            trial.requests = results::Requests{10'000, 10'000, 10'000, {}, 0, 0, 0};
            results.trials.push_back(trial);
        }
    }
    return results;
}

void lose(Trial& trial, const std::string& failure, std::uint64_t count, const std::string& seen) {
    trial.requests->ok -= count;
    trial.requests->failed[failure] += count;
    trial.first_failures[failure] = seen;
}

compare::Comparison compared(const results::ResultSet& base, const results::ResultSet& head,
                             const compare::Gate& gate = kEverything) {
    auto comparison = compare::compare_results(base, head, gate);
    EXPECT_TRUE(comparison) << comparison.error().message;
    return *comparison;
}

std::vector<std::string> lost(const compare::Comparison& comparison) {
    return compare::lost_in_words(comparison);
}

/// Of 64 connections in each round.
void leave_unanswered(results::ResultSet& head, std::uint64_t connections) {
    for (Trial& trial : head.trials) {
        trial.connections = model::Connections();
        trial.connections->asked = 64;
        trial.connections->never_answered = connections;
    }
}

TEST(Lost, FourPercentFailedIsARegressionInEveryFormat) {
    TrialSource source(1);
    const auto base = whole(source);
    auto head = whole(source);
    for (Trial& trial : head.trials) {
        lose(trial, "timeout", 400, "no answer within 1000 ms");
    }
    const auto comparison = compared(base, head);
    EXPECT_EQ(compare::decide(comparison), Decision::regression);
    const std::string said =
        "4.0 % of the head's requests were lost (timeout), none of the base's; first: no answer "
        "within 1000 ms";
    EXPECT_THAT(lost(comparison), ElementsAre("beast under text: " + said));
    EXPECT_THAT(compare::comparison_markdown(comparison).substr(0, 500), HasSubstr("4.0 % of"));
    EXPECT_THAT(compare::comparison_json(comparison), HasSubstr(said));
    EXPECT_THAT(compare::comparison_json(comparison), HasSubstr("\"metric\":\"failed\""));
    EXPECT_THAT(compare::comparison_junit(comparison), HasSubstr("name=\"beast failed\"><failure"));
    EXPECT_THAT(compare::github_annotations(comparison), HasSubstr("::error title=benchhost::"));
    const auto patient = *compare::parse_gate("failed=5%");
    EXPECT_EQ(compare::decide(compared(base, head, patient)), Decision::passed);
    EXPECT_EQ(compare::decide(compared(head, base)), Decision::passed) << "it is mended";
    EXPECT_EQ(compare::decide(compared(head, head)), Decision::passed) << "the base does as well";
}

TEST(Lost, WhatEndedInTheWindowAndWhoNeverGotAnAnswerCountToo) {
    TrialSource source(2);
    const auto base = whole(source);
    auto head = whole(source);
    for (Trial& trial : head.trials) {
        trial.ended = results::EndedRequests{56, 9944, 9'888, {{"timeout", 112}}, 0, 0};
        trial.first_failures["timeout"] = "no answer within 2000 ms";
    }
    EXPECT_THAT(lost(compared(base, head)),
                ElementsAre(HasSubstr("1.1 % of the head's requests were lost (timeout)")));
    leave_unanswered(head, 56);
    EXPECT_THAT(lost(compared(base, head)),
                ElementsAre(HasSubstr("87.5 % of the head's connections never got an answer, none "
                                      "of the base's")));
}

TEST(Lost, AnyWrongAnswerIsARegressionWhereTheBaseHadNone) {
    TrialSource source(3);
    const auto base = whole(source);
    auto head = whole(source);
    for (std::size_t i = 0; i < 4; ++i) {
        lose(head.trials[i], "bad-body", 1, "byte 11 is '?'");
        head.trials[i].verdict = Verdict::invalid;
        head.trials[i].verdict_why = "1 wrong answers (bad-body)";
    }
    const auto comparison = compared(base, head);
    EXPECT_EQ(compare::decide(comparison), Decision::regression);
    EXPECT_THAT(lost(comparison),
                ElementsAre("beast under text: 0.004 % of the head's answers were wrong "
                            "(bad-body), none of the base's; first: byte 11 is '?'"));
    EXPECT_THAT(comparison.warnings,
                Contains("Left out: 4 of 10 trials of head (4 invalid under text); the first "
                         "because: 1 wrong answers (bad-body)"));
    EXPECT_EQ(compare::decide(compared(head, head)), Decision::passed);
    EXPECT_EQ(compare::decide(compared(base, head, *compare::parse_gate("wrong=1%"))),
              Decision::passed);
}

TEST(Lost, InvalidRoundsAreARegressionWhereTheyAreNoAccident) {
    TrialSource source(4);
    const auto base = whole(source);
    const auto with_invalid = [&](std::size_t count) {
        auto head = base;
        for (std::size_t i = 0; i < count; ++i) {
            head.trials[i].verdict = Verdict::invalid;
            head.trials[i].verdict_why = "the books do not balance";
        }
        return compared(base, head);
    };
    EXPECT_EQ(compare::decide(with_invalid(2)), Decision::passed);
    for (const std::size_t many : {std::size_t{3}, std::size_t{10}}) {
        const auto comparison = with_invalid(many);
        EXPECT_EQ(compare::decide(comparison), Decision::regression) << many;
        EXPECT_THAT(lost(comparison),
                    ElementsAre(HasSubstr(std::to_string(many) +
                                          " of 10 rounds of head are invalid and 0 of 10 of base; "
                                          "first: the books do not balance")));
    }
}

TEST(Lost, AWrongAnswerCountsWhereverItWasPlanned) {
    TrialSource source(15);
    const auto base = whole(source);
    auto head = whole(source);
    head.trials.front().ended = results::EndedRequests{8, 9'992, 9'999, {{"bad-status", 1}}, 0, 0};
    EXPECT_THAT(lost(compared(base, head)),
                ElementsAre(HasSubstr("answers were wrong (bad-status)")));
}

TEST(Lost, AConnectionWithoutAnAnswerIsLostThoughNoRequestIs) {
    TrialSource source(18);
    const auto base = whole(source);
    auto head = whole(source);
    leave_unanswered(head, 2);
    EXPECT_THAT(lost(compared(base, head)),
                ElementsAre(HasSubstr("3.1 % of the head's connections")));
}

TEST(Lost, ARoundThatFailedIsLostAsAWhole) {
    TrialSource source(16);
    const auto base = whole(source);
    auto head = whole(source);
    head.trials.front().outcome = Outcome::failed;
    head.trials.front().reason = "SIGSEGV";
    EXPECT_THAT(lost(compared(base, head)),
                ElementsAre(HasSubstr("it failed in 1 of 10 rounds of head and in 0 of 10 of base: "
                                      "SIGSEGV")));
}

TEST(Lost, OneInAHundredIsAllowed) {
    TrialSource source(17);
    const auto base = whole(source);
    auto head = whole(source);
    for (Trial& trial : head.trials) {
        lose(trial, "timeout", 99, "no answer");
    }
    EXPECT_THAT(lost(compared(base, head)), IsEmpty());
    for (Trial& trial : head.trials) {
        lose(trial, "timeout", 2, "no answer");
    }
    EXPECT_THAT(lost(compared(base, head)), ElementsAre(HasSubstr("1.0 % of the head's requests")));
}

TEST(Lost, AServerThatIsGoneIsARegressionAndANewOneANote) {
    TrialSource source(5);
    const auto base = whole(source, {"asio", "poco"});
    auto head = base;
    std::erase_if(head.trials, [](const Trial& trial) { return trial.server == "poco"; });
    const auto gone = compared(base, head);
    EXPECT_EQ(compare::decide(gone), Decision::regression);
    EXPECT_THAT(lost(gone), ElementsAre("poco under text: the base was measured and the head was "
                                        "not: the head does not have it"));
    EXPECT_THAT(compare::comparison_markdown(gone).substr(0, 400), HasSubstr("poco under text"));
    EXPECT_THAT(compare::comparison_junit(gone), HasSubstr("name=\"poco failed\"><failure"));
    head.interrupted = true;
    const auto unreached = compared(base, head);
    EXPECT_EQ(compare::decide(unreached), Decision::inconclusive);
    EXPECT_THAT(compare::comparison_markdown(unreached), HasSubstr("interrupted before it was"));
    head.interrupted = false;
    const auto added = compared(head, base);
    EXPECT_EQ(compare::decide(added), Decision::passed);
    EXPECT_THAT(added.warnings, Contains("poco under text is only in head"));
    EXPECT_EQ(compare::decide(compared(base, head, *compare::parse_gate("failed=100%"))),
              Decision::passed);
}

TEST(Lost, AServerThatWasSkippedOrFailedInEveryRoundIsGone) {
    TrialSource source(6);
    const auto base = whole(source, {"asio", "poco"});
    for (const auto outcome : {Outcome::skipped, Outcome::failed}) {
        auto head = base;
        for (Trial& trial : head.trials) {
            if (trial.server == "poco") {
                trial = source.trial("poco", trial.round, {});
                trial.outcome = outcome;
                trial.reason = "libPoco is not installed";
                trial.verdict.reset();
            }
        }
        const auto comparison = compared(base, head);
        EXPECT_EQ(compare::decide(comparison), Decision::regression);
        EXPECT_THAT(lost(comparison), ElementsAre(HasSubstr("libPoco is not installed")));
        EXPECT_EQ(compare::decide(compared(head, base)), Decision::passed);
        EXPECT_THAT(compared(head, base).warnings,
                    Contains("poco under text was not measured in base, so nothing is compared"));
    }
}

/// The trial as if its server had failed.
void break_it(Trial& trial, const std::string& reason) {
    trial.outcome = Outcome::failed;
    trial.reason = reason;
    trial.verdict.reset();
    trial.requests.reset();
}

TEST(Lost, AHeadThatCrashesIsARegressionWhateverTheMachineLetTheBaseDo) {
    TrialSource source(15);
    const std::string crash = "killed by SIGSEGV while serving";
    const auto measured_in = [&](std::vector<Arm> broken_arms, const std::string& of_base) {
        auto trials = source.blocks(1, {}, {}, TrialModel{});
        for (ArmTrial& each : trials) {
            each.trial.requests = results::Requests{10'000, 10'000, 10'000, {}, 0, 0, 0};
            const bool broken = std::count(broken_arms.begin(), broken_arms.end(), each.arm) > 0;
            if (each.arm == Arm::head || broken) {
                break_it(each.trial, each.arm == Arm::head ? crash : of_base);
            }
        }
        return compare::compare_blocks("a", "b", trials, kEverything);
    };
    const std::string starved = "no request was answered rightly; first failure: none came";
    EXPECT_EQ(compare::decide(measured_in({}, "")), Decision::regression);
    for (const Arm arm : {Arm::base, Arm::again}) {
        EXPECT_EQ(compare::decide(measured_in({arm}, starved)), Decision::regression)
            << "the other arm is the same build";
    }
    const auto neither = measured_in({Arm::base, Arm::again}, starved);
    EXPECT_EQ(compare::decide(neither), Decision::regression);
    EXPECT_THAT(lost(neither), ElementsAre(HasSubstr(crash +
                                                     "; the base was not measured either, "
                                                     "for another reason: " +
                                                     starved)));
    EXPECT_THAT(compare::profiles_to_confirm(neither), IsEmpty());
    EXPECT_EQ(compare::decide(measured_in({Arm::base, Arm::again}, crash)), Decision::inconclusive)
        << "it is no worse than it was";
}

TEST(Lost, AProfileThatIsGoneIsARegression) {
    TrialSource source(7);
    auto base = whole(source);
    const auto head = base;
    for (Trial trial : head.trials) {
        trial.profile = "json";
        base.trials.push_back(trial);
    }
    base.profiles.push_back({"json", "json", "closed", "64 connections"});
    EXPECT_THAT(lost(compared(base, head)), ElementsAre(HasSubstr("beast under json: ")));
}

TEST(Lost, InPairedRunsAsWell) {
    TrialSource source(8);
    auto trials = source.blocks(10, {}, {}, TrialModel{});
    for (ArmTrial& each : trials) {
        each.trial.requests = results::Requests{10'000, 10'000, 10'000, {}, 0, 0, 0};
        if (each.arm == Arm::head) {
            lose(each.trial, "reset-before-answer", 200, "the server closed the connection");
        }
    }
    const auto first = compare::compare_blocks("a", "b", trials, kEverything, {"poco"});
    EXPECT_EQ(compare::decide(first), Decision::regression);
    EXPECT_THAT(lost(first), ElementsAre(HasSubstr("poco under text: "),
                                         HasSubstr("2.0 % of the head's requests were lost "
                                                   "(reset-before-answer)")));
    EXPECT_THAT(compare::profiles_to_confirm(first), ElementsAre("text"))
        << "a busy machine loses requests too";
    EXPECT_EQ(compare::decide(compare::confirmed(first, first)), Decision::regression);
}

TEST(Lost, TheHeadIsHeldAgainstTheWorseOfBaseAndBaseAgain) {
    TrialSource source(9);
    auto trials = source.blocks(10, {}, {}, TrialModel{});
    for (ArmTrial& each : trials) {
        each.trial.requests = results::Requests{10'000, 10'000, 10'000, {}, 0, 0, 0};
        if (each.arm != Arm::base) {
            lose(each.trial, "timeout", 300, "no answer");
        }
    }
    const auto comparison = compare::compare_blocks("a", "b", trials, kEverything);
    EXPECT_THAT(lost(comparison), IsEmpty());
}

TEST(Lost, WhereTheBaseLosesMuchItselfTheRoundsDecide) {
    TrialSource source(14);
    const auto losing = [&](std::uint64_t least) {
        auto results = whole(source);
        for (Trial& trial : results.trials) {
            trial.requests->ok -= least + 100 * (trial.round * 7 % 10);
            trial.requests->shed = 10'000 - trial.requests->ok;
            trial.requests->sent = trial.requests->ok;
        }
        return results;
    };
    const auto base = losing(3000);
    const auto close = compared(base, losing(3150));
    EXPECT_THAT(lost(close), IsEmpty());
    EXPECT_EQ(compare::decide(close), Decision::inconclusive);
    EXPECT_THAT(lost(compared(base, losing(5000))),
                ElementsAre("beast under text: 54.5 % of the head's requests were lost (never sent "
                            "or never answered), 34.5 % of the base's"));
}

TEST(Lost, APercentileAmongTheLostIsNoGain) {
    TrialSource source(10);
    auto base = whole(source);
    auto head = whole(source);
    for (auto* results : {&base, &head}) {
        results->profiles[0].timeout = std::chrono::seconds(2);
    }
    for (Trial& trial : head.trials) {
        lose(trial, "timeout", 200, "no answer within 2000 ms");
        trial.response_time_ms->p99 /= 2;
    }
    const auto comparison = compared(base, head, *compare::parse_gate("p99=10%,failed=5%"));
    EXPECT_EQ(comparison.cells[0].verdict, Change::regression);
    EXPECT_EQ(comparison.cells[0].head->median, 2000);
    for (Trial& trial : base.trials) {
        trial.requests = results::Requests{99, 99, 99, {}, 0, 0, 0};
    }
    EXPECT_EQ(compared(base, base, *compare::parse_gate("p99=10%")).cells[0].why,
              "nothing to compare in base: too few requests a round for this percentile");
}

TEST(Lost, WhatCannotBeKnownOfTheMachineCountsForNoRate) {
    TrialSource source(11);
    const auto base = whole(source);
    auto head = whole(source);
    for (Trial& trial : head.trials) {
        trial.verdict = Verdict::not_known;
    }
    const auto comparison = compared(base, head);
    EXPECT_EQ(compare::decide(comparison), Decision::inconclusive);
    EXPECT_THAT(comparison.warnings,
                Contains(HasSubstr("Only CPU, memory and losses count of 10 of 10 trials of head "
                                   "(10 not-known under text)")));
}

TEST(LeftOut, IsASentenceWhateverTheReasonsSay) {
    TrialSource source(12);
    const auto base = whole(source);
    auto head = whole(source);
    for (std::size_t i = 0; i < 8; ++i) {
        head.trials[i].verdict = i < 2 ? Verdict::client_bound : Verdict::machine_bound;
        head.trials[i].verdict_why = "other processes used " + std::to_string(i) + " %";
    }
    EXPECT_THAT(compared(base, head).warnings,
                Contains(HasSubstr("8 of 10 trials of head (2 client-bound under text, 6 "
                                   "machine-bound under text)")));
}

TEST(OneSided, AGainOfLessThanTheToleranceIsNoRegression) {
    TrialSource source(13);
    const auto comparison =
        compared(source.results(10, {1, 0.02}), source.results(10, {1 / 1.055, 0.02}));
    EXPECT_EQ(compare::decide(comparison), Decision::passed);
    EXPECT_THAT(compare::tally(comparison), HasSubstr("no worse"));
    EXPECT_THAT(compare::comparison_markdown(comparison), HasSubstr("no regression ("));
    EXPECT_THAT(compare::profiles_to_confirm(comparison), IsEmpty());
}

}  // namespace
}  // namespace benchhost::report
