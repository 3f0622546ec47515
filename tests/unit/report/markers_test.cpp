#include "report/formats/markers.hpp"

#include "report/formats/markdown.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

results::ResultSet two_profiles() {
    results::ResultSet results;
    for (const std::string profile : {"text", "two words"}) {
        results.profiles.push_back({profile, "text", "closed", ""});
        results::Trial trial;
        trial.server = "beast";
        trial.profile = profile;
        trial.outcome = model::Outcome::ok;
        trial.requests_per_s = profile == "text" ? 111 : 222;
        results.trials.push_back(trial);
    }
    return results;
}

const std::string kReadme =
    "# Title\r\n\r\n<!-- BEGIN benchhost:table profile=text -->\nold\n"
    "<!-- END benchhost:table -->\nbetween\n"
    "  <!-- BEGIN benchhost:table profile=two words -->\n"
    "<!-- END benchhost:table -->\nno break at the end";

TEST(Markers, OnlyWhatStandsBetweenThemChanges) {
    const auto results = two_profiles();
    const auto tables = make_tables(results);
    const auto updated = update_tables(kReadme, results);
    ASSERT_TRUE(updated) << updated.error().message;
    EXPECT_EQ(*updated, "# Title\r\n\r\n<!-- BEGIN benchhost:table profile=text -->\n" +
                            main_table(tables[0]) +
                            "<!-- END benchhost:table -->\nbetween\n"
                            "  <!-- BEGIN benchhost:table profile=two words -->\n" +
                            main_table(tables[1]) +
                            "<!-- END benchhost:table -->\nno break at the end");
}

TEST(Markers, AnUpdatedDocumentIsUpToDateAndAnEditedOneIsNot) {
    const auto results = two_profiles();
    EXPECT_THAT(*stale_tables(kReadme, results), ElementsAre(3U, 7U));
    std::string document = *update_tables(kReadme, results);
    EXPECT_THAT(*stale_tables(document, results), IsEmpty());
    EXPECT_EQ(*update_tables(document, results), document);
    document.replace(document.find("111"), 3, "999");
    EXPECT_THAT(*stale_tables(document, results), ElementsAre(3U));
}

TEST(Markers, WithoutAProfileAllTablesAreMeant) {
    const auto results = two_profiles();
    const auto updated =
        update_tables("<!-- BEGIN benchhost:table -->\n<!-- END benchhost:table -->\n", results);
    EXPECT_THAT(*updated, HasSubstr("111"));
    EXPECT_THAT(*updated, HasSubstr("222"));
}

TEST(Markers, InsideACodeBlockTheyAreOnlyShown) {
    const std::string document =
        "```\n<!-- BEGIN benchhost:table profile=none -->\n```\n"
        "<!-- BEGIN benchhost:table profile=text -->\n<!-- END benchhost:table -->\n";
    EXPECT_THAT(*stale_tables(document, two_profiles()), ElementsAre(4U));
}

TEST(Markers, MistakesNameTheLine) {
    const auto message = [](const std::string& document) {
        const auto updated = update_tables(document, two_profiles());
        return updated ? "accepted" : updated.error().message;
    };
    const std::string begin = "<!-- BEGIN benchhost:table profile=text -->\n";
    const std::string end = "<!-- END benchhost:table -->\n";
    EXPECT_THAT(message("nothing\n"), HasSubstr("no table marker"));
    EXPECT_THAT(message("\n" + begin), HasSubstr("line 2: a table begins and never ends"));
    EXPECT_THAT(message(begin + begin + end), HasSubstr("line 2: a table begins inside"));
    EXPECT_THAT(message("x\n" + end), HasSubstr("line 2: a table ends that never began"));
    EXPECT_THAT(message("<!-- BEGIN benchhost:table profile=txt -->\n" + end),
                HasSubstr("line 1: the results have no profile \"txt\"; they have: text, two"));
    EXPECT_THAT(message("<!-- BEGIN benchhost:table colour=red -->\n" + end),
                HasSubstr("line 1: \"colour=red\" in a table marker; allowed: profile=NAME"));
}

}  // namespace
}  // namespace benchhost::report
