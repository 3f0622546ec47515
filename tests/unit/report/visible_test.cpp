// Whatever a server, a log, a config or a file of results says: nothing in it acts on whoever looks
// at a report, in any format.
#include "core/base/printable.hpp"
#include "core/base/utf8.hpp"
#include "report/compare/render.hpp"
#include "report/formats/formats.hpp"
#include "tests/unit/report/golden.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

namespace benchhost::report {
namespace {

/// ESC, BEL, DEL, NUL, CSI of C1, what turns the direction, what has no width, a tag, half a
/// character.
const std::string kActing = std::string("a\x1b[31m\x07\x7f") + '\0' +
                            "\xC2\x9B"
                            "31m"
                            "\xE2\x80\xAE"
                            "\xE2\x81\xA6"
                            "\xE2\x80\x8B"
                            "\xF3\xA0\x81\x81"
                            "z\xFF\xE2\x80";

/// The first character that acts, and what stands before it; empty when all of them show.
std::string what_acts(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto rest = text.substr(at);
        const auto length = utf8_length(rest);
        const bool breaks = rest.front() == '\n' || rest.front() == '\t';
        if (length == 0 || (!breaks && is_unprintable(code_point_of(rest.substr(0, length))))) {
            constexpr std::size_t kBefore = 60;
            const auto from = at - std::min(at, kBefore);
            return fmt::format("byte {} of value {}, after \"{}\"", at,
                               static_cast<unsigned char>(rest.front()),
                               text.substr(from, at - from));
        }
        at += length;
    }
    return "";
}

void act(std::string& text) { text += kActing; }

/// In every text that a report shows, names among them.
results::ResultSet acting_results() {
    auto results = golden_results("failure");
    act(results.suite);
    act(results.created_at);
    act(results.benchhost_version);
    act(results.config.file);
    act(results.config.text);
    results.environment["host" + kActing] = kActing;
    results.overrides.push_back("suite.name=" + kActing);
    for (auto& server : results.servers) {
        act(server.id);
        server.name = server.name.value_or("") + kActing;
        server.version = kActing;
        server.details["language" + kActing] = kActing;
        server.options["option" + kActing] = kActing;
    }
    for (auto& profile : results.profiles) {
        act(profile.name);
        act(profile.description);
    }
    for (auto& trial : results.trials) {
        act(trial.server);
        act(trial.profile);
        trial.log_tail.push_back(kActing);
        trial.notes.push_back(kActing);
        trial.effective_limits["memory" + kActing] = kActing;
        if (trial.reason) {
            act(*trial.reason);
        }
        if (trial.verdict_why) {
            act(*trial.verdict_why);
        }
        for (auto& [failure, example] : trial.first_failures) {
            act(example);
        }
    }
    return results;
}

class Visible : public ::testing::TestWithParam<std::string> {};

TEST_P(Visible, IsAllThatAReportHolds) {
    if (GetParam() == "svg" && std::system("gnuplot --version > /dev/null 2>&1") != 0) {
        GTEST_SKIP() << "gnuplot is not installed (Debian: gnuplot-nox)";
    }
    const auto documents = render(GetParam(), acting_results());
    ASSERT_TRUE(documents) << documents.error().message;
    for (const auto& document : *documents) {
        EXPECT_EQ(what_acts(document.name), "");
        // The scripts of the page are not about the results.
        const auto scripts = document.content.find("</main>");
        EXPECT_EQ(what_acts(std::string_view(document.content).substr(0, scripts)), "");
        for (const char* acting : {"\x1b", "\x07", "\xC2\x9B", "\xE2\x80\xAE", "\xE2\x81\xA6"}) {
            EXPECT_EQ(document.content.find(acting), std::string::npos) << document.name;
        }
    }
}

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const auto& format : formats()) {
        names.emplace_back(format.name);
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(All, Visible, ::testing::ValuesIn(format_names()), [](const auto& test) {
    auto name = test.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(VisibleResults, AreExactForWhoeverReadsThem) {
    auto results = golden_results("one-server");
    const std::string name =
        "a\x1b\xC2\x9B"
        "b\xE2\x80\xAE"
        "c\xF3\xA0\x81\x81";
    results.servers.front().name = name;
    const auto json = results::to_json(results);
    EXPECT_EQ(what_acts(json), "");
    const auto again = results::parse_results(json);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->servers.front().name, name);
}

TEST(VisibleComparison, InEveryFormat) {
    compare::Comparison comparison;
    comparison.base_name = comparison.head_name = comparison.design_warning = kActing;
    comparison.warnings.push_back(kActing);
    auto& cell = comparison.cells.emplace_back();
    cell.profile = cell.server = cell.why = kActing;
    cell.tolerance = 0.05;
    for (const char* format : {"md", "json", "junit"}) {
        const auto text = compare::render_comparison(format, comparison);
        ASSERT_TRUE(text) << text.error().message;
        EXPECT_EQ(what_acts(*text), "") << format;
    }
    EXPECT_EQ(what_acts(compare::github_annotations(comparison)), "");
}

}  // namespace
}  // namespace benchhost::report
