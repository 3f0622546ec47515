#include "report/formats/html/html.hpp"

#include "report/formats/html/assets.hpp"
#include "tests/unit/report/golden.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <picojson.h>

namespace benchhost::report {
namespace {

using testing::HasSubstr;
using testing::Not;

// What stands inside the script element of this id.
std::string script_of(const std::string& page, const std::string& id) {
    const std::string begin = "<script type=\"application/json\" id=\"" + id + "\">";
    const auto from = page.find(begin) + begin.size();
    return page.substr(from, page.find("</script>", from) - from);
}

TEST(Html, NothingOfTheResultsBecomesMarkup) {
    const std::string page = html(golden_results("hostile-names"));
    const auto scripts_end = page.find("<script type=\"application/json\"");
    const std::string body = page.substr(0, scripts_end);
    EXPECT_THAT(body, Not(HasSubstr("<script>")));
    EXPECT_THAT(body, Not(HasSubstr("<b>")));
    EXPECT_THAT(body, Not(HasSubstr("<i>")));
    EXPECT_THAT(body, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for (const std::string id : {"view", "results"}) {
        const std::string json = script_of(page, id);
        EXPECT_THAT(json, Not(HasSubstr("<")));
        picojson::value value;
        EXPECT_EQ(picojson::parse(value, json), "");
    }
}

TEST(Html, TheResultsCanBeTakenOutAgainUnchanged) {
    const auto results = golden_results("hostile-names");
    const auto again = results::parse_results(script_of(html(results), "results"));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(results::to_json(*again), results::to_json(results));
}

TEST(Html, NeedsNoNetwork) {
    const std::string page = html(golden_results("tie"));
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    EXPECT_THAT(page, Not(HasSubstr("<script src")));
    EXPECT_THAT(page, Not(HasSubstr("<link rel=\"stylesheet\"")));
    EXPECT_THAT(page, Not(HasSubstr("@VIEW@")));
    EXPECT_THAT(page, Not(HasSubstr("@APP@")));
}

TEST(Html, TheVerdictIsItsOwnCellWhateverColumnsFollow) {
    auto results = golden_results("one-server");
    results.servers.at(0).details["class"] = "production";
    const std::string page = html(results);
    EXPECT_THAT(page, HasSubstr("<td class=\"text verdict\">server-bound</td>"));
    EXPECT_THAT(page, HasSubstr("<td class=\"text\">production</td>"));
    EXPECT_THAT(page, Not(HasSubstr("verdict\">production")));
}

TEST(Html, EveryGoldenCaseHasItsTables) {
    for (const std::string& name : golden_cases()) {
        const std::string page = html(golden_results(name));
        EXPECT_THAT(page, HasSubstr("</html>")) << name;
    }
    EXPECT_THAT(html(golden_results("failure")), HasSubstr("<tr class=\"failed\""));
}

}  // namespace
}  // namespace benchhost::report
