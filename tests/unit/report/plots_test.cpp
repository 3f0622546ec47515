#include "report/formats/plots/plots.hpp"

#include "tests/unit/report/golden.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace benchhost::report {
namespace {

using testing::HasSubstr;
using testing::Not;

bool has_gnuplot() { return std::system("gnuplot --version > /dev/null 2>&1") == 0; }

TEST(Plots, ALimitHasItsOwnPlot) {
    const auto plots = make_plots(golden_results("limit"));
    ASSERT_EQ(plots.size(), 2U);
    EXPECT_EQ(plots[0].name, "1-limit-throughput.svg");
    EXPECT_EQ(plots[1].name, "1-limit-load.svg");
    EXPECT_THAT(plots[1].script, HasSubstr("set arrow from 10000, graph 0"));
}

TEST(Plots, FailedServersAreNotDrawn) {
    const auto plots = make_plots(golden_results("failure"));
    ASSERT_EQ(plots.size(), 1U);
    EXPECT_THAT(plots[0].script, HasSubstr("'Boost.Beast 1.81' -1"));
    EXPECT_THAT(plots[0].script, Not(HasSubstr("cinatra")));
}

TEST(Plots, GnuplotDrawsEveryCaseAndNamesStayText) {
    if (!has_gnuplot()) {
        GTEST_SKIP() << "gnuplot is not installed (Debian: gnuplot-nox)";
    }
    for (const std::string& name : golden_cases()) {
        const auto documents = svg(golden_results(name));
        ASSERT_TRUE(documents) << name << ": " << documents.error().message;
        for (const Document& document : *documents) {
            EXPECT_THAT(document.content, HasSubstr("</svg>")) << name;
            EXPECT_THAT(document.content, Not(HasSubstr("<script>"))) << name;
        }
    }
    const auto hostile = svg(golden_results("hostile-names"));
    EXPECT_THAT((*hostile)[0].content, HasSubstr("&lt;script>alert(1)&lt;/script>"));
}

TEST(Plots, APercentSignInANameIsNoFormat) {
    if (!has_gnuplot()) {
        GTEST_SKIP() << "gnuplot is not installed (Debian: gnuplot-nox)";
    }
    auto results = golden_results("one-server");
    results.servers.at(0).name = "100%s of %n it's `date`";
    const auto documents = svg(results);
    ASSERT_TRUE(documents) << documents.error().message;
    EXPECT_THAT((*documents)[0].content, HasSubstr("100%s of %n it's `date` 1.81"));
}

TEST(Plots, PercentilesAreDrawnFromTheHistogram) {
    auto results = golden_results("one-server");
    stats::Histogram histogram;
    for (int i = 1; i <= 1000; ++i) {
        histogram.record(std::chrono::microseconds(i));
    }
    results.trials[0].histogram = histogram;
    const auto plots = make_plots(results);
    ASSERT_EQ(plots.size(), 2U);
    EXPECT_EQ(plots[1].name, "1-text-latency.svg");
    EXPECT_THAT(plots[1].script, HasSubstr("\n1 0.9"));  // one nine: 0.9 ms
    if (has_gnuplot()) {
        const auto documents = svg(results);
        EXPECT_TRUE(documents) << documents.error().message;
    }
}

}  // namespace
}  // namespace benchhost::report
