// Files of results that are not what they should be: an error with the place, never a crash.
#include "core/results/results.hpp"
#include "tests/unit/results/sample_results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

namespace benchhost::results {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string error_in(const std::string& json) {
    const auto results = parse_results(json);
    if (results) {
        return "";
    }
    EXPECT_EQ(results.error().code, ErrorCode::data);
    return results.error().message;
}

// The full results with `from` replaced.
std::string with(const std::string& from, const std::string& to) {
    auto json = to_json(full_results());
    const auto at = json.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return json.replace(at, from.size(), to);
}

TEST(BadResults, are_no_json) {
    EXPECT_THAT(error_in(""), StartsWith("it is not JSON, or cut off: syntax error at line 1"));
    EXPECT_THAT(error_in("hello"), HasSubstr("not JSON"));
    EXPECT_THAT(error_in("{\"a\":1}\n\nx"),
                HasSubstr("something follows the end of the JSON on line 3"));
    EXPECT_THAT(error_in(with("\"round\":3", "\"round\":1e999")), HasSubstr("too large"));
    EXPECT_EQ(error_in("{\n\"suite\":\"caf\xe9\"}"),
              "line 2: it is not UTF-8, as JSON is, or cut off");
    EXPECT_THAT(error_in(std::string(1'000'000, '[')), HasSubstr("nested more than 64 deep"));
    EXPECT_THAT(error_in("[" + std::string(10'000'000, ',') + "]"), HasSubstr("more than 8000000"));
    EXPECT_THAT(error_in(std::string(std::size_t{129} * 1024 * 1024, ' ')),
                HasSubstr("larger than 128MiB"));
}

TEST(BadResults, of_before_have_no_table_of_servers) {
    const auto read =
        parse_results(R"({"schema":"benchhost.results/1","suite":"s","servers":[{"id":"a"}],)"
                      R"("trials":[{"server":"a","profile":"p","outcome":"ok"}]})");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->servers.size(), 1U);
    EXPECT_TRUE(parse_results(to_json(*read)));
}

TEST(BadResults, cut_off_anywhere_are_refused) {
    const auto json = to_json(full_results());
    for (std::size_t size = 0; size + 3 < json.size(); size += 31) {
        const auto message = error_in(json.substr(0, size));
        EXPECT_THAT(message, HasSubstr("line ")) << "cut to " << size;
    }
}

TEST(BadResults, of_another_schema_say_so) {
    EXPECT_EQ(
        error_in(with("benchhost.results/2", "benchhost.results/3")),
        "schema: \"benchhost.results/3\" was written by another version of benchhost; this one "
        "reads \"benchhost.results/2\" and \"benchhost.results/1\"");
    EXPECT_THAT(error_in(with("benchhost.results/2", "other")), HasSubstr("not a results file"));
    EXPECT_EQ(error_in("{}"), "schema: is missing");
    EXPECT_EQ(error_in("[]"), "the whole: an object is expected, not a list");
    EXPECT_EQ(error_in("5"), "the whole: an object is expected, not 5");
}

TEST(BadResults, name_the_place_of_a_wrong_value) {
    EXPECT_EQ(
        error_in(with("\"sent\":1000", "\"sent\":-1")),
        "trials[0].requests.sent: a whole number from 0 to 9223372036854775807 is expected, not "
        "-1");
    EXPECT_THAT(error_in(with("\"sent\":1000", "\"sent\":1.5")), HasSubstr("not 1.5"));
    EXPECT_THAT(error_in(with("\"sent\":1000", "\"sent\":\"many\"")), HasSubstr("not a text"));
    EXPECT_THAT(error_in(with("\"sent\":1000", "\"sent\":18446744073709551615")),
                StartsWith("trials[0].requests.sent: a whole number"));
    EXPECT_EQ(error_in(with("\"sent\":1000,", "")), "trials[0].requests.sent: is missing");
    EXPECT_THAT(error_in(with("\"timeout\":5", "\"timeout\":-5")),
                StartsWith("trials[0].requests.failed.timeout: a whole number"));
    EXPECT_THAT(error_in(with("\"ready_ms\":12.75", "\"ready_ms\":[]")),
                HasSubstr("trials[0].ready_ms: a number is expected, not a list"));
    EXPECT_THAT(error_in(with("\"keeps_alive\":true", "\"keeps_alive\":1")),
                HasSubstr("true or false is expected, not 1"));
    EXPECT_THAT(error_in(with("\"outcome\":\"ok\"", "\"outcome\":\"fine\"")),
                HasSubstr("one of ok, failed, skipped is expected, not \"fine\""));
    EXPECT_THAT(error_in(with("\"outcome\":\"ok\",", "")),
                HasSubstr("trials[0].outcome: is missing"));
    EXPECT_THAT(error_in(with("server-bound", "bound")), HasSubstr("trials[0].verdict: one of"));
    EXPECT_THAT(error_in(with("\"round\":3", "\"round\":4294967296")), HasSubstr("is too large"));
    EXPECT_THAT(error_in(with("\"t\":0", "\"t\":true")), HasSubstr("trials[0].series[0].t: "));
    EXPECT_THAT(error_in(with("\"listening\"", "7")), HasSubstr("trials[0].log_tail[0]: a text"));
    EXPECT_THAT(error_in(with("\"kernel\":\"6.1\"", "\"kernel\":6.1")),
                HasSubstr("environment.kernel: a text is expected, not 6.1"));
    EXPECT_THAT(error_in(with("\"server\":\"flask\",", "")), "trials[1].server: is missing");
    EXPECT_THAT(error_in(with("\"series\":[", "\"series\":7,\"x\":[")),
                HasSubstr("a list is expected"));
    EXPECT_THAT(error_in(with("\"bytes\":{", "\"bytes\":[],\"x\":{")),
                HasSubstr("trials[0].bytes: an object is expected, not a list"));
}

TEST(BadResults, name_the_place_of_a_wrong_load) {
    EXPECT_EQ(error_in(with("\"model\":\"closed\"", "\"model\":\"loop\"")),
              "profiles[0].load.model: the name of a load is expected, such as \"closed\"");
    EXPECT_EQ(error_in(with("\"model\":\"closed\",", "")),
              "profiles[0].load.model: the name of a load is expected, such as \"closed\"");
    EXPECT_EQ(error_in(with("\"model\":\"closed\",\"connections\":64", "\"model\":\"closed\"")),
              "profiles[0].load.connections: is missing");
    EXPECT_THAT(error_in(with("\"load\":{", "\"load\":[],\"x\":{")),
                HasSubstr("profiles[0].load: an object is expected, not a list"));
    EXPECT_THAT(error_in(with("\"load\":{", "\"x\":{")), HasSubstr("profiles[0].load: is missing"));
    EXPECT_THAT(error_in(with("\"timeout\":\"2s\"", "\"timeout\":\"2\"")),
                StartsWith("profiles[0].timeout: "));
}

TEST(BadResults, with_servers_that_are_not_said_once_are_refused) {
    EXPECT_EQ(error_in(with("{\"id\":\"flask\"", "{\"id\":\"beast\"")),
              "servers[1].id: \"beast\" is the id of servers[0] already");
    EXPECT_EQ(error_in(with("{\"id\":\"flask\"", "{\"id\":\"elsewhere\"")),
              "trials[1].server: \"flask\" is the id of none of the servers");
    EXPECT_EQ(error_in(with("\"servers\":[", "\"unheard of\":[")),
              "trials[0].server: \"beast\" is the id of none of the servers");
    EXPECT_EQ(error_in(with("{\"id\":\"flask\"", "{\"it\":\"flask\"")),
              "servers[1].id: is missing");
}

TEST(BadResults, with_a_broken_histogram_are_refused) {
    EXPECT_THAT(error_in(with("\"histogram\":\"HIST", "\"histogram\":\"hist")),
                StartsWith("trials[0].by_request[0].histogram: not a histogram"));
}

TEST(BadResults, changed_at_random_do_not_crash) {
    const auto json = to_json(full_results());
    std::mt19937_64 random(1);
    int refused = 0;
    for (int i = 0; i < 600; ++i) {
        auto changed = json;
        for (int change = 0; change < 3; ++change) {
            changed[random() % changed.size()] = static_cast<char>(random() & 0xffU);
        }
        refused += parse_results(changed) ? 0 : 1;
    }
    EXPECT_GT(refused, 200);
}

class ResultsFile : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "benchhost-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
};

TEST_F(ResultsFile, is_read_as_written) {
    const auto path = folder_ / "results.json";
    ASSERT_TRUE(write_file(path, to_json(full_results())));
    const auto results = read_results(path);
    ASSERT_TRUE(results) << results.error().message;
    EXPECT_EQ(to_json(*results), to_json(full_results()));
}

TEST_F(ResultsFile, is_found_in_the_folder_of_a_suite) {
    const auto file = folder_ / "results.json";
    ASSERT_TRUE(write_file(file, to_json(full_results())));
    const auto read = read_results(folder_);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(to_json(*read), to_json(full_results()));
}

TEST_F(ResultsFile, is_named_in_the_error) {
    const auto path = folder_ / "results.json";
    std::ofstream(path) << "{\"schema\":";
    const auto broken = read_results(path);
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().message, StartsWith(path.string() + ": it is not JSON"));
    const auto missing = read_results(folder_ / "no.json");
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("no.json: No such file"));
}

TEST_F(ResultsFile, of_half_a_gigabyte_is_not_read) {
    const auto path = folder_ / "huge.json";
    std::ofstream(path).put('{');
    std::filesystem::resize_file(path, 500'000'000);  // sparse
    const auto huge = read_results(path);
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().code, ErrorCode::data);
    EXPECT_THAT(huge.error().message, HasSubstr("larger than 128MiB"));
}

}  // namespace
}  // namespace benchhost::results
