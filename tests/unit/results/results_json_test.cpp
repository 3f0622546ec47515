// Results to JSON and back.
#include "core/results/results.hpp"
#include "tests/unit/results/sample_results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace benchhost::results {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

TEST(ResultsJson, comes_back_whole) {
    const auto json = to_json(full_results());
    const auto back = parse_results(json);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back), json) << "something was lost";
    EXPECT_EQ(back->config.text, full_results().config.text);
    EXPECT_EQ(back->seed, 9'223'372'036'854'775'807U);
    ASSERT_EQ(back->trials.size(), 3U);
    EXPECT_EQ(back->trials[0].histogram, full_trial().histogram);
    EXPECT_EQ(back->trials[0].log_tail, full_trial().log_tail);
    EXPECT_EQ(back->trials[0].requests->failed_total(), 9U);
    EXPECT_EQ(back->trials[1].outcome, model::Outcome::failed);
}

TEST(ResultsJson, keeps_integers_and_doubles_exact) {
    const auto json = to_json(full_trial());
    EXPECT_THAT(json, HasSubstr("\"received\":9007199254740993"));
    EXPECT_THAT(json, HasSubstr("\"requests_per_s\":0.30000000000000004"));
    EXPECT_THAT(json, HasSubstr("\"ready_ms\":12.75"));
    EXPECT_THAT(json, HasSubstr("\"duration_s\":10.000123456789,"));
    const auto back = parse_trial(json);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->bytes->received, 9'007'199'254'740'993U);
    EXPECT_EQ(back->requests_per_s, 0.1 + 0.2);
    EXPECT_EQ(back->offered_per_s, 1e21);
    EXPECT_EQ(back->response_time_ms->p99_9, full_trial().response_time_ms->p99_9);
}

TEST(ResultsJson, is_the_same_after_being_read_and_written_again) {
    auto trial = full_trial();
    trial.ready_ms = -0.0;
    const auto json = to_json(trial);
    const auto back = parse_trial(json);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(to_json(*back), json);
}

TEST(ResultsJson, leaves_out_what_is_unknown) {
    EXPECT_EQ(to_json(failed_trial()),
              R"({"server":"flask","profile":"text","round":1,"outcome":"failed",)"
              R"("stage":"ready","reason":"killed by SIGSEGV"})");
    EXPECT_EQ(to_json(Trial()), R"({"outcome":"skipped"})") << "an ad hoc load has no names";
    auto trial = full_trial();
    trial.requests_per_s = std::numeric_limits<double>::infinity();
    const auto json = to_json(trial);
    EXPECT_THAT(json, HasSubstr("\"requests_per_s\":null"));
    EXPECT_FALSE(parse_trial(json)->requests_per_s);
}

TEST(ResultsJson, of_a_trial_is_one_line) {
    EXPECT_THAT(to_json(full_trial()), Not(HasSubstr("\n")));
}

TEST(ResultsJson, of_a_suite_has_a_line_for_each_trial) {
    const auto json = to_json(full_results());
    EXPECT_THAT(json, StartsWith("{\n\"schema\":\"benchhost.results/2\",\n\"suite\":\"text\",\n"));
    EXPECT_THAT(json, HasSubstr("\n{\"server\":\"beast\""));
    EXPECT_THAT(json, HasSubstr("\n{\"server\":\"flask\""));
    EXPECT_TRUE(json.ends_with("]\n}\n"));
}

TEST(ResultsJson, is_valid_whatever_a_server_wrote) {
    auto trial = failed_trial();
    trial.log_tail = {std::string("\xff\xfe\x00 \x7f", 5),
                      "\xc3",
                      "\xe2\x82",
                      "\xed\xa0\x80",
                      "\xf0\x9f\x98\x80",
                      "</script>\x1b[0m\r\n"};
    const auto json = to_json(trial);
    const auto back = parse_trial(json);
    ASSERT_TRUE(back) << back.error().message;
    ASSERT_EQ(back->log_tail.size(), 6U);
    EXPECT_EQ(back->log_tail[0], std::string("\xEF\xBF\xBD\xEF\xBF\xBD\0 \x7f", 9));
    EXPECT_EQ(back->log_tail[1], "\xEF\xBF\xBD");
    EXPECT_EQ(back->log_tail[4], "\xf0\x9f\x98\x80");
    EXPECT_EQ(back->log_tail[5], "</script>\x1b[0m\r\n");
}

TEST(ResultsJson, ignores_keys_of_a_later_benchhost) {
    const auto trial =
        parse_trial(R"({"server":"a","profile":"p","outcome":"ok","new":[{"x":1}],"bytes":null})");
    ASSERT_TRUE(trial) << trial.error().message;
    EXPECT_FALSE(trial->bytes);
}

ResultSet of_schema_1(const std::string& trials) {
    return parse_results(
               R"({"schema":"benchhost.results/1","suite":"s","profiles":[{"name":"p",)"
               R"("route":"text","load":"rate","description":"400 requests/s"}],"trials":[)" +
               trials + "]}")
        .value();
}

TEST(ResultsOfSchema1, repeat_their_servers_which_are_gathered) {
    const auto results = of_schema_1(
        R"({"server":"b","profile":"p","outcome":"skipped"},)"
        R"({"server":"a","server_name":"A","server_version":"1","server_details":)"
        R"({"language":"C","option threads":"2","address":"::1"},"profile":"p","outcome":"ok"},)"
        R"({"server":"b","server_name":"B","profile":"p","outcome":"ok"},)"
        R"({"server":"a","server_version":"2","profile":"p","outcome":"ok"})");
    ASSERT_EQ(results.servers.size(), 2U);
    EXPECT_EQ(results.servers[0].id, "b");
    EXPECT_EQ(results.servers[0].name, "B");
    EXPECT_FALSE(results.servers[0].version);
    EXPECT_EQ(results.servers[1].name, "A");
    EXPECT_EQ(results.servers[1].version, "2") << "the latest";
    EXPECT_THAT(results.servers[1].details, ElementsAre(Pair("language", "C")));
    EXPECT_THAT(results.servers[1].options, ElementsAre(Pair("threads", "2")));
    EXPECT_EQ(results.trials[1].address, "::1");
    EXPECT_FALSE(results.trials[3].address);
}

TEST(ResultsOfSchema1, have_of_a_load_its_name_and_come_back_so) {
    const auto results = of_schema_1(R"({"server":"a","profile":"p","outcome":"ok"})");
    EXPECT_EQ(std::get<std::string>(results.profiles[0].load), "rate");
    EXPECT_FALSE(results.profiles[0].timeout);
    const auto json = to_json(results);
    EXPECT_THAT(json, HasSubstr(R"("schema":"benchhost.results/2")"));
    EXPECT_THAT(json, HasSubstr(R"("load":"rate")"));
    EXPECT_EQ(to_json(parse_results(json).value()), json);
}

TEST(ResultsOfSchema1, name_the_place_where_they_are_wrong) {
    const auto results = parse_results(
        R"({"schema":"benchhost.results/1","suite":"s","trials":[)"
        R"({"server":"a","profile":"p","outcome":"ok"},)"
        R"({"server":"a","server_details":{"loop":7},"profile":"p","outcome":"ok"}]})");
    ASSERT_FALSE(results);
    EXPECT_EQ(results.error().message, "trials[1].server_details.loop: a text is expected, not 7");
}

TEST(Summarise, reads_the_histogram) {
    stats::Histogram histogram;
    EXPECT_FALSE(summarise(histogram));
    for (int i = 1; i <= 100; ++i) {
        histogram.record(std::chrono::milliseconds(i));
    }
    const auto latency = summarise(histogram);
    ASSERT_TRUE(latency);
    EXPECT_NEAR(latency->mean, 50.5, 0.05);
    EXPECT_NEAR(latency->p50, 50, 0.05);
    EXPECT_NEAR(latency->p99, 99, 0.1);
    EXPECT_EQ(latency->max, 100);
}

TEST(Names, are_those_of_the_contract) {
    EXPECT_STREQ(to_string(model::Outcome::ok), "ok");
    EXPECT_STREQ(to_string(model::Outcome::skipped), "skipped");
    EXPECT_STREQ(to_string(model::Verdict::server_bound), "server-bound");
    EXPECT_STREQ(to_string(model::Verdict::client_bound), "client-bound");
    EXPECT_STREQ(to_string(model::Verdict::machine_bound), "machine-bound");
    EXPECT_STREQ(to_string(model::Verdict::link_bound), "link-bound");
    EXPECT_STREQ(to_string(model::Verdict::load_limited), "load-limited");
    EXPECT_STREQ(to_string(model::Verdict::invalid), "invalid");
}

}  // namespace
}  // namespace benchhost::results
