#include "tests/unit/report/golden.hpp"

#include "core/base/described_json.hpp"
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

/// Leaves of `newer` what `older` says too: what is empty there was not known.
template <class Value>
void forget(Value& newer, const Value& older) {
    if constexpr (DescribedStruct<Value>) {
        for_each_member<Value>([&]<class Member>(Member /*type*/) {
            forget(newer.*Member::pointer, older.*Member::pointer);
        });
    } else if constexpr (kIsA<Value, std::optional>) {
        if (!older) {
            newer.reset();
        } else if (newer) {
            forget(*newer, *older);
        }
    } else if constexpr (kIsA<Value, std::vector>) {
        newer.resize(older.size());
        for (std::size_t i = 0; i < older.size(); ++i) {
            forget(newer[i], older[i]);
        }
    } else if constexpr (kIsA<Value, std::map>) {
        if (older.empty()) {
            newer.clear();
        }
    } else if constexpr (std::is_same_v<Value, results::Load>) {
        newer = older;  // once it was no more than a name
    }
}

// The page without the copy of its results, which is written as they are written now.
std::string without_copy(std::string page) {
    const auto begin = page.find("id=\"results\"");
    const auto end = page.find("</script>", begin);
    EXPECT_NE(end, std::string::npos);
    return page.erase(begin, end - begin);
}

/// The same case as tests/golden/<case>.json, as an older benchhost wrote it.
class OlderGolden : public testing::TestWithParam<std::string> {};

TEST_P(OlderGolden, GivesTheReportOfANewFileThatSaysNoMore) {
    const auto older = golden_results(GetParam());
    auto results = golden_results(std::filesystem::path(GetParam()).filename().string());
    ASSERT_EQ(results.trials.size(), older.trials.size());
    forget(results, older);
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
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '/'; }, '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(golden_cases()), test_name);
INSTANTIATE_TEST_SUITE_P(Schema1, OlderGolden, testing::ValuesIn(golden_cases("results-1")),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Schema2, OlderGolden, testing::ValuesIn(golden_cases("results-2")),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Cases, GoldenExports,
                         testing::Values("failure", "hostile-names", "huge-and-tiny", "limit",
                                         "profiles-and-rounds", "rate"),
                         test_name);

}  // namespace
}  // namespace benchhost::report
