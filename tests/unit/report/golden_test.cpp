#include "tests/unit/report/golden.hpp"

#include "core/results/environment_facts.hpp"
#include "report/console.hpp"
#include "report/formats.hpp"
#include "report/markdown.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace benchhost::report {
namespace {

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, MarkdownIsByteForByteWhatWasAccepted) {
    const auto results = golden_results(GetParam());
    expect_golden(golden_folder() / (GetParam() + ".md"), markdown(results));
}

TEST_P(Golden, ConsoleIsByteForByteWhatWasAccepted) {
    const auto results = golden_results(GetParam());
    expect_golden(golden_folder() / (GetParam() + ".txt"), console(results));
}

TEST_P(Golden, TheSameResultsGiveTheSameBytes) {
    const auto results = golden_results(GetParam());
    auto shuffled = results;
    std::reverse(shuffled.trials.begin(), shuffled.trials.end());
    EXPECT_EQ(markdown(results), markdown(results));
    EXPECT_EQ(console(results), console(shuffled)) << "the order of the trials shows in the table";
}

TEST_P(Golden, TheEnvironmentHasOnlyFactsThatTheProgramWrites) {
    if (GetParam() == "hostile-names") {
        return;  // whose facts have names that nobody would give them
    }
    for (const auto& [key, value] : golden_results(GetParam()).environment) {
        EXPECT_TRUE(results::is_fact(key)) << key;
    }
}

class GoldenExports : public testing::TestWithParam<std::string> {};

TEST_P(GoldenExports, EveryFormatIsWhatWasAccepted) {
    const auto results = golden_results(GetParam());
    for (const Format& format : formats()) {
        const std::string name = format.name;
        if (name == "md" || name == "html" || name == "svg") {
            continue;  // tested apart
        }
        const auto documents = format.render(results);
        ASSERT_TRUE(documents) << format.name << ": " << documents.error().message;
        for (const Document& document : *documents) {
            expect_golden(golden_folder() / "exports" / GetParam() / document.name,
                          document.content);
        }
    }
}

std::string test_name(const testing::TestParamInfo<std::string>& each) {
    std::string name = each.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(golden_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Cases, GoldenExports,
                         testing::Values("failure", "hostile-names", "huge-and-tiny", "limit",
                                         "rate"),
                         test_name);

}  // namespace
}  // namespace benchhost::report
