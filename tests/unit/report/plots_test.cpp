#include "report/formats/plots/plots.hpp"

#include "core/base/temporary_folder.hpp"
#include "report/formats/markdown.hpp"
#include "tests/unit/report/golden.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>

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

TEST(Plots, ANameCannotMakeADrawingIllFormed) {
    if (!has_gnuplot() || std::system("xmllint --version > /dev/null 2>&1") != 0) {
        GTEST_SKIP() << "gnuplot or xmllint is not installed (Debian: gnuplot-nox, libxml2-utils)";
    }
    auto results = golden_results("one-server");
    results.servers.at(0).name = "a]]>b";
    const auto documents = svg(results);
    ASSERT_TRUE(documents) << documents.error().message;
    const auto folder = TemporaryFolder::make("benchhost-plots").value();
    for (const Document& document : *documents) {
        EXPECT_EQ(document.content.find("a]]>b"), std::string::npos);
        const auto file = folder.path() / document.name;
        ASSERT_TRUE(results::write_file(file, document.content));
        EXPECT_EQ(std::system(("xmllint --noout " + file.string()).c_str()), 0) << document.name;
    }
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

// `count` servers whose requests took 1 to 1,000 us.
results::ResultSet many_servers(int count) {
    auto results = golden_results("one-server");
    stats::Histogram histogram;
    for (int i = 1; i <= 1000; ++i) {
        histogram.record(std::chrono::microseconds(i));
    }
    const auto one = results.trials.front();
    results.trials.clear();
    for (int i = 0; i < count; ++i) {
        results.trials.push_back(one);
        results.trials.back().server = "server-" + std::to_string(i);
        results.trials.back().histogram = histogram;
    }
    return results;
}

TEST(Plots, SayWhomTheyLeaveOut) {
    const auto plots = make_plots(many_servers(27));
    EXPECT_THAT(plots[0].script, Not(HasSubstr("the first")));
    EXPECT_THAT(plots[1].script, HasSubstr("(the first 10 of 27 servers)"));
    EXPECT_THAT(markdown(many_servers(27)), HasSubstr("requests/s (the first 12 of 27 servers)"))
        << "nor must Mermaid's bars pass for all";
    const auto more = make_plots(many_servers(50));
    EXPECT_THAT(more[0].script, HasSubstr("(the first 40 of 50 servers)"));
}

TEST(Plots, NoTwoLinesLookAlike) {
    const auto script = make_plots(many_servers(10))[1].script;
    std::set<std::string> looks;
    for (std::size_t at = script.find(" with linespoints lc "); at != std::string::npos;
         at = script.find(" with linespoints lc ", at + 1)) {
        EXPECT_TRUE(looks.insert(script.substr(at, script.find(" ps ", at) - at)).second);
    }
    EXPECT_EQ(looks.size(), 10U);
}

TEST(Plots, MarkTheStepsThatFailedAndWriteNumbersAsTablesDo) {
    auto results = golden_results("limit");
    const auto script = make_plots(results)[1].script;
    EXPECT_THAT(script, HasSubstr("title 'failed'"));
    EXPECT_THAT(script, HasSubstr("'10,000' 10000"));
    EXPECT_THAT(make_plots(many_servers(2))[0].script, HasSubstr("'100,000' 100000"));
}

TEST(Plots, EndWhereTheAnsweredShareDoes) {
    auto results = many_servers(1);
    auto& requests = *results.trials.front().requests;
    requests.planned = requests.sent = 1000;
    requests.ok = 950;
    const auto script = make_plots(results)[1].script;
    EXPECT_THAT(script, HasSubstr("\n1 0.94"));
    EXPECT_THAT(script, Not(HasSubstr("\n2 "))) << "nobody knows the 99th percentile";
}

}  // namespace
}  // namespace benchhost::report
