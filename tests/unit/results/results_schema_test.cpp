// docs/results-schema.json describes what we write: all of it, and nothing that we do not write.
#include "core/base/file.hpp"
#include "core/base/json_reader.hpp"
#include "tests/unit/results/description_check.hpp"
#include "tests/unit/results/sample_results.hpp"
#include "tests/unit/results/schema_validator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::results {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ResultsSchema : public testing::Test {
  protected:
    void SetUp() override {
        const auto text = read_file(BENCHHOST_SOURCE_DIR "/docs/results-schema.json", 1'000'000);
        ASSERT_TRUE(text) << text.error().message;
        const auto schema = parse_json(*text);
        ASSERT_TRUE(schema) << schema.error().message;
        schema_ = *schema;
    }
    std::string fault_of(const std::string& json) const {
        const auto value = parse_json(json);
        EXPECT_TRUE(value) << value.error().message;
        return value ? schema_fault(*value, schema_) : "not JSON";
    }

    picojson::value schema_;
};

TEST_F(ResultsSchema, holds_for_what_is_written) {
    EXPECT_EQ(fault_of(to_json(full_results())), "");
    ResultSet least;
    least.trials = {failed_trial()};
    EXPECT_EQ(fault_of(to_json(least)), "");
    EXPECT_EQ(fault_of(to_json(ResultSet())), "");
}

TEST_F(ResultsSchema, holds_for_a_trial_alone) {
    const auto trial = parse_json(to_json(Trial()));
    ASSERT_TRUE(trial);
    auto schema = schema_.get("$defs").get("trial").get<picojson::object>();
    schema["$defs"] = schema_.get("$defs");
    EXPECT_EQ(schema_fault(*trial, picojson::value(schema)), "");
}

TEST_F(ResultsSchema, sees_what_is_wrong) {
    EXPECT_THAT(fault_of("{}"), HasSubstr("lacks"));
    auto results = full_results();
    results.trials[0].ready_ms = -1;
    EXPECT_EQ(fault_of(to_json(results)), ".trials[].ready_ms: too small");
    auto json = to_json(full_results());
    json.replace(json.find("\"seed\""), 6, "\"sead\"");
    EXPECT_THAT(fault_of(json), HasSubstr("sead: is not in the schema"));
    json = to_json(full_results());
    json.replace(json.find("\"model\":\"users\""), 15, "\"model\":\"peers\"");
    EXPECT_THAT(fault_of(json), HasSubstr(".profiles[].load: is 0 of the kinds"));
    json = to_json(full_results());
    json.replace(json.find("\"planned\":1001"), 14, "\"planned\":1.50");
    EXPECT_THAT(fault_of(json), HasSubstr(".planned: not integer"));
}

TEST_F(ResultsSchema, everything_that_is_described_is_in_full_results) {
    const auto described = described_places(schema_);
    EXPECT_GT(described.size(), 150U);
    const auto json = parse_json(to_json(full_results()));
    ASSERT_TRUE(json) << json.error().message;
    const auto found = places_in(*json);
    for (const auto& place : described) {
        EXPECT_EQ(found.count(place), 1U)
            << place << " is new: give it a value in sample_results.cpp, then ./dev golden";
    }
}

TEST_F(ResultsSchema, names_what_is_described_and_nothing_else) {
    EXPECT_THAT(description_faults(schema_), IsEmpty());
}

// The schema with `from` replaced, held against the descriptions.
std::vector<std::string> faults_with(const std::string& from, const std::string& to) {
    auto text = read_file(BENCHHOST_SOURCE_DIR "/docs/results-schema.json", 1'000'000).value();
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return description_faults(*parse_json(text.replace(at, from.size(), to)));
}

TEST_F(ResultsSchema, is_seen_to_differ_from_the_descriptions) {
    EXPECT_THAT(faults_with("\"closed_by_server\": {", "\"closed\": {"),
                ElementsAre(".trials[].connections.closed_by_server: is not in the schema",
                            ".trials[].connections.closed: is in the schema alone"));
    EXPECT_THAT(
        faults_with("\"why\": { \"type\": \"string\" }", "\"why\": { \"type\": \"number\" }"),
        Contains(".trials[].sweep.steps[].why: should be string, not number"));
    EXPECT_THAT(faults_with("\"server-bound\", ", ""),
                Contains(".trials[].verdict: lacks server-bound"));
    EXPECT_THAT(faults_with("\"const\": \"closed\"", "\"const\": \"loop\""),
                ElementsAre(".profiles[].load: should be told by its model, closed"));
    EXPECT_THAT(faults_with("\"slo_p99\": {", "\"slo\": {"),
                ElementsAre(".profiles[].load.slo_p99: is not in the schema",
                            ".profiles[].load.slo: is in the schema alone"));
    EXPECT_THAT(faults_with("{ \"$ref\": \"#/$defs/search\" }",
                            "{ \"$ref\": \"#/$defs/search\" }, { \"type\": \"string\" }"),
                ElementsAre(".profiles[].load: has more kinds in the schema"));
    EXPECT_THAT(faults_with("[\"outcome\"]", "[\"stage\"]"),
                ElementsAre(".trials[].outcome: may be absent by the schema alone",
                            ".trials[].stage: may not be absent by the schema alone"));
}

}  // namespace
}  // namespace benchhost::results
