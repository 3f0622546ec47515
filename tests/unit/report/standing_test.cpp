// Who takes which rank, who leads, and what is said where that is not known.
#include "report/formats/markdown.hpp"
#include "report/table/captions.hpp"
#include "report/table/columns.hpp"
#include "report/table/faults.hpp"
#include "report/table/number.hpp"
#include "report/table/table.hpp"
#include "tests/unit/report/few_trials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

using model::Outcome;
using model::Verdict;
using results::ResultSet;
using results::Trial;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Headline, NamesWhoIsProvablyFasterThanTheBestThatIsRanked) {
    const auto results = measured({{"libh2o", 180'087, Verdict::client_bound},
                                   {"microhttpd", 171'900, Verdict::client_bound},
                                   {"asio", 170'000, Verdict::client_bound},
                                   {"epoll", 168'000, Verdict::client_bound},
                                   {"japronto", 150'809},
                                   {"beast", 120'000}},
                                  3);
    const auto table = make_tables(results).front();
    EXPECT_THAT(headline(table),
                AllOf(StartsWith("fastest: libh2o, at least "),
                      HasSubstr("requests/s (the load generator was the limit); so it was for 3 "
                                "more, whose order is not known; best of those measured to their "
                                "limit: japronto, "),
                      HasSubstr("order not tested: 3 rounds, --repeats 9 would do")));
    EXPECT_THAT(ranks_of(table), ElementsAre("–", "–", "–", "–", "(5)", "(6)"));
    EXPECT_EQ(cell_of(visible(main_columns(table))[2], table.rows[0]).text.find("≥ 1"), 0U);
}

TEST(Headline, CountsLowerBoundsInTestedRanksToo) {
    const auto results = measured(
        {{"a", 3000, Verdict::client_bound}, {"b", 2000, Verdict::client_bound}, {"c", 1000}}, 10);
    const auto table = make_tables(results).front();
    EXPECT_THAT(ranks_of(table), ElementsAre("–", "–", "3a"));
    EXPECT_FALSE(table.rows[2].alone_first);
    EXPECT_THAT(table.ranking_caption, HasSubstr("ahead of whom it provably exceeds"));
    EXPECT_THAT(headline(table), Not(HasSubstr("not tested")));
}

TEST(Headline, WhoeverHasALowerBoundAheadIsNotAloneInFront) {
    const auto results =
        measured({{"bound", 3000, Verdict::client_bound}, {"best", 2000}, {"next", 1000}}, 10);
    const auto table = make_tables(results).front();
    EXPECT_THAT(ranks_of(table), ElementsAre("–", "2a", "3b"));
    EXPECT_FALSE(table.rows[1].alone_first);
    const auto without = measured({{"best", 2000}, {"next", 1000}}, 10);
    EXPECT_TRUE(make_tables(without).front().rows[0].alone_first);
}

TEST(Headline, OverALinkTheServerDoesAtLeastWhatTheLinkLetsThrough) {
    const auto results =
        measured({{"far", 3000, Verdict::link_bound}, {"best", 2000}, {"next", 1000}}, 10);
    const auto table = make_tables(results).front();
    EXPECT_THAT(ranks_of(table), ElementsAre("–", "2a", "3b"));
    EXPECT_THAT(headline(table), AllOf(StartsWith("fastest: far, at least "),
                                       HasSubstr("(the link was the limit)")));
    EXPECT_EQ(cell_of(visible(main_columns(table))[2], table.rows[0]).text.find("≥ 3"), 0U);
    EXPECT_THAT(captions(table), Contains(HasSubstr("link-bound: the way to the server was")));
}

TEST(Headline, CountsRowsOverALinkThatProveNothing) {
    auto results = measured({{"far", 3000, Verdict::link_bound}, {"near", 2000}}, 1);
    results.profiles.front().load = "users";
    results.trials.back().verdict = Verdict::load_limited;
    results.trials.back().response_time_ms = results::LatencySummary{};
    results.trials.back().response_time_ms->p99 = 1;
    EXPECT_THAT(headline(make_tables(results).front()), HasSubstr("; 1 link-bound"));
}

TEST(Headline, ALowerBoundBelowTheLeaderIsNotWorse) {
    const auto results =
        measured({{"leader", 3000}, {"second", 2000}, {"bound", 1000, Verdict::client_bound}}, 10);
    const auto table = make_tables(results).front();
    EXPECT_THAT(ranks_of(table), ElementsAre("1a", "2b", "–"));
    EXPECT_THAT(headline(table), AllOf(StartsWith("leader leads by 50 % (50 to 50 %) with "),
                                       HasSubstr("bound may do better than its ")));
}

TEST(Headline, OfASearchSaysWhoBearsHowMuchAndNotWhoAloneHasARank) {
    const auto users = suite_of({search({"asio", 10'000, Verdict::load_limited}, "users", {}),
                                 search({"beast", 10'000, Verdict::load_limited}, "users", {}),
                                 search({"flask", 6'000, Verdict::machine_bound}, "users", {}),
                                 search({"poco", 5'000}, "users", 5'500)},
                                1, "limit");
    const auto table = make_tables(users).front();
    EXPECT_EQ(headline(table),
              "asio bears at least 10,000 users (more was not tried); nor is the limit of 2 more "
              "known; poco fails above 5,000; order not tested: 1 round, --repeats 7 "
              "would do");
    EXPECT_EQ(table.rows.back().server, "poco");
    EXPECT_EQ(table.rows.back().rank, "(4)");
}

TEST(Headline, OfASearchForARateTooNamesWhoBearsMore) {
    const auto rate = suite_of({search({"asio", 96'000, Verdict::client_bound}, "rate", {}),
                                search({"flask", 3'000}, "rate", 3'500)},
                               1, "limit");
    EXPECT_EQ(headline(make_tables(rate).front()),
              "asio bears at least 96,000 requests/s (the load generator was the limit); flask "
              "fails above 3,000; order not tested: 1 round, --repeats 6 would do");
}

// All of a schedule was answered by all: their rates are the offer, and name no fastest.
TEST(Headline, OfOneOfferNamesTheLowestP99) {
    std::vector<Trial> trials;
    for (const auto& [id, p99] : {std::pair("aiohttp", 9.0), {"epoll", 1.0}, {"beast", 2.0}}) {
        auto trial = trial_of({id, 1'818, Verdict::load_limited}, 1);
        trial.response_time_ms = results::LatencySummary{};
        trial.response_time_ms->p99 = p99;
        trials.push_back(trial);
    }
    const auto results = suite_of(trials, 1, "rate");
    const auto table = make_tables(results).front();
    EXPECT_EQ(headline(table),
              "epoll has the lowest p99, 1.00 ms; beast: 2.00 ms; order not tested: 1 round, "
              "--repeats 7 would do");
    EXPECT_THAT(ranks_of(table), ElementsAre("–", "–", "–"));
}

TEST(Headline, SaysHowSureALowestP99Is) {
    std::vector<Trial> trials;
    for (std::uint32_t round = 1; round <= 8; ++round) {
        for (const auto& [id, p99] : {std::pair("fast", 1.0), {"slow", 2.0}}) {
            auto trial = trial_of({id, 1'000, Verdict::load_limited}, round);
            trial.response_time_ms = results::LatencySummary{};
            trial.response_time_ms->p99 = p99 * jitter(round);
            trials.push_back(trial);
        }
    }
    const auto results = suite_of(trials, 8, "rate");
    EXPECT_THAT(headline(make_tables(results).front()), HasSubstr("50 % (50 to 50 %) below slow"));
}

TEST(Headline, SaysOnceWhyNobodyCanBeNamed) {
    const auto results =
        measured({{"a", 3000, Verdict::machine_bound}, {"b", 2000, Verdict::not_known}}, 3);
    const auto table = make_tables(results).front();
    EXPECT_EQ(headline(table),
              "who is fastest cannot be said: no row tells how fast its server is; 1 "
              "machine-bound, 1 of unknown limit (a longer window would tell)");
    EXPECT_EQ(table.ranking_caption, "");
    EXPECT_THAT(ranks_of(table), ElementsAre("–", "–"));
}

TEST(Headline, OfTheOnlyOneMeasuredToItsLimitClaimsNothing) {
    const auto results = measured({{"a", 3000, Verdict::machine_bound}, {"b", 2000}}, 1);
    EXPECT_THAT(headline(make_tables(results).front()),
                StartsWith("who is first cannot be said: only b, with "));
}

TEST(Headline, OfLowerBoundsAloneNamesNoFastest) {
    const auto results =
        measured({{"a", 3000, Verdict::client_bound}, {"b", 2000, Verdict::client_bound}}, 1);
    EXPECT_THAT(headline(make_tables(results).front()),
                AllOf(StartsWith("who is fastest cannot be said: a does at least "),
                      HasSubstr("(the load generator was the limit), and so it was for 1 more")));
}

TEST(Headline, DoesNotCallABoundFastestThatTheRoundsCannotTellApart) {
    std::vector<Trial> trials;
    for (std::uint32_t round = 1; round <= 10; ++round) {
        const double sway = round % 2 == 0 ? 1.1 : 0.92;
        trials.push_back(trial_of({"bound", 1'010 * sway, Verdict::client_bound}, round));
        trials.push_back(trial_of({"known", 1'000}, round));
    }
    const auto results = suite_of(trials, 10);
    const auto table = make_tables(results).front();
    EXPECT_THAT(headline(table), AllOf(StartsWith("bound does at least "),
                                       HasSubstr("the rounds cannot tell the first apart")));
    EXPECT_THAT(ranks_of(table), ElementsAre("–", "1a"));
}

TEST(Headline, OfOneServerThatLosesTooMuchClaimsNothing) {
    auto results = measured({{"drop", 7'522}}, 1);
    lose(results.trials.front(), 5'000);
    EXPECT_THAT(headline(make_tables(results).front()),
                HasSubstr("which does not tell what it can do; 1 lost too much"));
}

TEST(Headline, OfOneOfferThatNobodyAnsweredNamesNobody) {
    auto results = measured({{"drop", 1'000, Verdict::load_limited}}, 1);
    results.profiles.front().load = "rate";
    results.trials.front().response_time_ms = results::LatencySummary{1, 1, 1, 1, 1, 1, 1, 1};
    lose(results.trials.front(), 5'000);
    EXPECT_EQ(headline(make_tables(results).front()),
              "no server answered all that it was asked; 1 lost too much");
}

TEST(Ranks, ARowThatIsSpoiltInHalfOfItsRoundsProvesNothing) {
    auto results = measured({{"mixed", 3000, Verdict::client_bound}, {"b", 2000}, {"c", 1000}}, 2);
    results.trials.front().verdict = Verdict::machine_bound;
    const auto table = make_tables(results).front();
    ASSERT_EQ(table.rows.front().server, "mixed");
    EXPECT_EQ(table.rows.front().verdict, Verdict::client_bound);
    EXPECT_FALSE(table.rows.front().is_bound);
    EXPECT_FALSE(table.rows.front().requests_per_s->at_least);
    EXPECT_THAT(ranks_of(table), ElementsAre("–", "(1)", "(2)"));
}

TEST(Ranks, AreNotForWhoLosesTooMuch) {
    auto results = measured({{"base", 7'650}, {"drop", 9'522}}, 6);
    for (Trial& trial : results.trials) {
        if (trial.server == "drop" && trial.round == 3) {
            lose(trial, 5'000);
        }
    }
    const auto table = make_tables(results).front();
    EXPECT_EQ(table.rows[0].server, "base") << "who drops requests must not look fast";
    EXPECT_EQ(table.rows[1].rank, "–");
    EXPECT_THAT(
        table.rows[1].notes,
        Contains("no rank, more than 1 % was lost in round 3: 5,000 of 10,000 requests were "
                 "not answered rightly in round 3"));
    EXPECT_THAT(headline(table), HasSubstr("1 lost too much"));
}

TEST(Ranks, AreForWhoLosesALittle) {
    auto results = measured({{"base", 7'650}, {"other", 6'000}}, 6);
    for (Trial& trial : results.trials) {
        lose(trial, 50);
    }
    EXPECT_THAT(ranks_of(make_tables(results).front()), ElementsAre("1a", "2b"));
}

TEST(Ranks, AreNotForFiguresThatContradictEachOther) {
    auto results = measured({{"edited", 148'906}, {"other", 100'000}}, 1);
    results.profiles.front().load = model::TrialLoad(model::ClosedLoop{512});
    for (Trial& trial : results.trials) {
        trial.requests_per_s = 148'906;
        trial.response_time_ms = results::LatencySummary{3.4, 3.3, 3.5, 3.7, 4, 6, 9, 12};
    }
    auto& edited = *results.trials.front().response_time_ms;
    edited = results::LatencySummary{1.55, 1.5, 1.6, 1.7, 1.8, 2.19, 3, 9};
    const auto table = make_tables(results).front();
    EXPECT_EQ(table.rows.back().server, "edited");
    EXPECT_EQ(table.rows.back().rank, "–");
    EXPECT_THAT(table.rows.back().notes,
                Contains(HasSubstr("its figures contradict each other: 512 requests under way")));
    EXPECT_THAT(headline(table), HasSubstr("1 with contradicting figures"));
}

TEST(Captions, SayWhenAllRowsAreTheGenerators) {
    const auto alike =
        measured({{"a", 100'000, Verdict::client_bound}, {"b", 100'900, Verdict::client_bound}}, 1);
    EXPECT_THAT(captions(make_tables(alike).front()),
                Contains(HasSubstr("All 2 servers came out alike within 1.5 %")));
    const auto apart =
        measured({{"a", 100'000, Verdict::client_bound}, {"b", 103'000, Verdict::client_bound}}, 1);
    EXPECT_THAT(captions(make_tables(apart).front()), Not(Contains(HasSubstr("alike"))));
    auto offer = alike;
    offer.profiles.front().load = "rate";
    EXPECT_THAT(captions(make_tables(offer).front()), Not(Contains(HasSubstr("alike"))))
        << "all were asked for the same";
    const auto known = measured({{"a", 100'000}, {"b", 100'900, Verdict::client_bound}}, 1);
    EXPECT_THAT(captions(make_tables(known).front()), Not(Contains(HasSubstr("alike"))));
    const auto limit_of = [](Verdict one, Verdict other) {
        const auto results = measured({{"a", 100'000, one}, {"b", 100'900, other}}, 1);
        return captions(make_tables(results).front());
    };
    EXPECT_THAT(limit_of(Verdict::client_bound, Verdict::client_bound),
                Contains(HasSubstr(": the load generator was the limit")));
    EXPECT_THAT(limit_of(Verdict::link_bound, Verdict::link_bound),
                Contains(HasSubstr(": the link was the limit")));
    EXPECT_THAT(limit_of(Verdict::link_bound, Verdict::client_bound),
                Contains(HasSubstr(": the load generator, the machine or the link was the limit")));
    EXPECT_THAT(limit_of(Verdict::machine_bound, Verdict::client_bound),
                Contains(HasSubstr(": the load generator or the machine was the limit")));
}

TEST(Books, OfTheTableAreOfWhatEndedInTheWindow) {
    auto results = measured({{"s", 1'000}, {"older", 900}}, 1);
    auto& trial = results.trials.front();
    trial.ended = results::EndedRequests{};
    trial.ended->ok = 9'900;
    trial.ended->failed["timeout"] = 57;
    trial.ended->throughout = 7;
    trial.connections = results::Connections{};
    trial.connections->asked = 64;
    trial.connections->never_answered = 57;
    trial.connections->asked_again = 2;
    const auto rows = make_tables(results).front().rows;
    const Row& row = rows[1];
    ASSERT_EQ(row.server, "s") << "most of its connections were never answered";
    EXPECT_EQ(row.total_requests, 9'957U);
    EXPECT_EQ(row.failed_requests, 57U);
    EXPECT_EQ(row.rank, "–");
    EXPECT_THAT(row.notes,
                AllOf(Contains("no rank, more than 1 % was lost: 57 of 64 connections never got an "
                               "answer"),
                      Contains("57 requests failed: timeout"),
                      Contains("7 requests were under way all through the window"),
                      Contains(HasSubstr("2 requests were asked again"))));
    EXPECT_EQ(rows[0].total_requests, 10'000U) << "an older file knows those planned in it";
}

TEST(Books, NameTheFewConnectionsThatGotNoAnswer) {
    auto results = measured({{"s", 1'000}}, 1);
    results.trials.front().connections = results::Connections{};
    results.trials.front().connections->asked = 1'000;
    results.trials.front().connections->never_answered = 3;
    EXPECT_THAT(make_tables(results).front().rows.front().notes,
                Contains("3 of 1,000 connections never got an answer"));
}

TEST(Faults, AreWhatFailedIsInvalidOrLostTooMuch) {
    auto results = measured({{"good", 5}, {"drop", 4}, {"liar", 3}, {"crash", 2}}, 2);
    for (Trial& trial : results.trials) {
        if (trial.server == "drop") {
            lose(trial, 5'000);
        } else if (trial.server == "liar" && trial.round == 2) {
            trial.verdict = Verdict::invalid;
            trial.verdict_why = "wrong answers";
        } else if (trial.server == "crash") {
            trial.outcome = Outcome::failed;
            trial.stage = "ready";
            trial.reason = "exit code 1";
        }
    }
    auto spoilt = results.trials.front();
    spoilt.verdict = Verdict::invalid;
    spoilt.superseded = true;
    results.trials.insert(results.trials.begin(), spoilt);
    std::vector<std::string> texts;
    for (const Fault& fault : faults_of(results)) {
        texts.push_back(fault.server + ": " + fault.text);
    }
    EXPECT_THAT(texts,
                testing::UnorderedElementsAre(
                    "drop: lost too much in 2 of 2 rounds: 5,000 of 10,000 requests were not "
                    "answered rightly; timeout 5,000 (50.0 %), first: no complete answer within 2s",
                    "liar: invalid in 1 of 2 rounds: wrong answers",
                    "crash: failed in 2 of 2 rounds: ready: exit code 1"));
}

TEST(Report, BooksByEndAreCheckedToo) {
    auto results = measured({{"a", 1'000}}, 1);
    results.trials.front().ended = results::EndedRequests{2, 10, 9, {{"timeout", 1}}, 2, 0};
    EXPECT_THAT(markdown(results), HasSubstr("books balance in 1 of 1 rounds"));
    results.trials.front().ended->under_way_at_end = 3;
    EXPECT_THAT(markdown(results), HasSubstr("books balance in 0 of 1 rounds"));
}

}  // namespace
}  // namespace benchhost::report
