#include "tests/unit/report/golden.hpp"

#include "core/results/environment_facts.hpp"
#include "report/formats/console.hpp"
#include "report/formats/formats.hpp"
#include "report/formats/markdown.hpp"

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

/// Written by an older benchhost, and otherwise the same as tests/golden/<case>.json.
results::ResultSet golden_results_of_schema_1(const std::string& name) {
    auto older = results::read_results(golden_folder() / "results-1" / (name + ".json")).value();
    // It knew neither, and so less of percentiles and of what cannot be true.
    const auto newer = golden_results(name);
    for (std::size_t i = 0; i < older.profiles.size(); ++i) {
        older.profiles[i].timeout = newer.profiles.at(i).timeout;
        older.profiles[i].load = newer.profiles.at(i).load;
    }
    return older;
}

// The page without the copy of its results, which is written as they are written now.
std::string without_copy(std::string page) {
    const auto begin = page.find("id=\"results\"");
    const auto end = page.find("</script>", begin);
    EXPECT_NE(end, std::string::npos);
    return page.erase(begin, end - begin);
}

class GoldenOfSchema1 : public testing::TestWithParam<std::string> {};

TEST_P(GoldenOfSchema1, GivesTheSameReportInEveryFormat) {
    const auto results = golden_results(GetParam());
    const auto older = golden_results_of_schema_1(GetParam());
    EXPECT_EQ(console(older), console(results));
    for (const Format& format : formats()) {
        const auto wanted = format.render(results);
        const auto found = format.render(older);
        ASSERT_EQ(wanted.has_value(), found.has_value()) << format.name;
        if (!wanted) {
            continue;  // no gnuplot
        }
        ASSERT_EQ(wanted->size(), found->size()) << format.name;
        for (std::size_t i = 0; i < wanted->size(); ++i) {
            const auto& [name, content] = wanted->at(i);
            EXPECT_EQ(found->at(i).name, name);
            const bool is_page = std::string(format.name) == "html";
            EXPECT_TRUE(is_page ? without_copy(found->at(i).content) == without_copy(content)
                                : found->at(i).content == content)
                << name;
        }
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
INSTANTIATE_TEST_SUITE_P(Cases, GoldenOfSchema1, testing::ValuesIn(golden_cases("results-1")),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Cases, GoldenExports,
                         testing::Values("failure", "hostile-names", "huge-and-tiny", "limit",
                                         "profiles-and-rounds", "rate"),
                         test_name);

}  // namespace
}  // namespace benchhost::report
