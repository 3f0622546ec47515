#include "core/model/payload.hpp"

#include "core/base/file.hpp"
#include "tests/unit/config/config_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace benchhost::model {
namespace {

using testing::HasSubstr;

class PayloadTest : public config::ConfigFolder {};

TEST_F(PayloadTest, has_every_route) {
    const auto payload = make_payload({}, folder_);
    ASSERT_TRUE(payload) << payload.error().message;
    EXPECT_EQ(payload->routes.size(), kEnumerators<Route>);
    EXPECT_EQ(payload->of(Route::text).body, "Hello World!");
    EXPECT_EQ(payload->of(Route::text).content_type, "text/plain");
    EXPECT_EQ(payload->of(Route::json).body.size(), 106U) << "the size the routes are known by";
    EXPECT_EQ(payload->of(Route::json).content_type, "application/json");
    EXPECT_EQ(payload->of(Route::file).body.size(), 64U * 1024);
    EXPECT_FALSE(payload->of(Route::about).body.empty());
    EXPECT_TRUE(payload->of(Route::text).file.empty());
}

TEST_F(PayloadTest, generates_the_same_file_every_time) {
    PayloadSpec spec;
    spec.file_size = 1000;
    const auto payload = make_payload(spec, folder_);
    ASSERT_TRUE(payload);
    const auto& file = payload->of(Route::file);
    EXPECT_TRUE(file.file.is_absolute());
    EXPECT_EQ(*read_file(file.file, 1000), file.body);
    const auto again = make_payload(spec, folder_);
    EXPECT_EQ(again->of(Route::file).body, file.body);
    spec.file_size = 500;
    EXPECT_EQ(make_payload(spec, folder_)->of(Route::file).body, file.body.substr(0, 500));
    EXPECT_TRUE(std::all_of(file.body.begin(), file.body.end(),
                            [](char c) { return c == '\n' || (c > ' ' && c < 0x7f); }));
    // Not one character again and again: at least half of the 64 appear.
    std::string distinct = file.body;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    EXPECT_GT(distinct.size(), 32U);
}

TEST_F(PayloadTest, reads_a_file_of_the_users_own) {
    PayloadSpec spec;
    spec.file_path = write("own\0content", "own.bin");
    const auto payload = make_payload(spec, folder_);
    ASSERT_TRUE(payload) << payload.error().message;
    EXPECT_EQ(payload->of(Route::file).body, *read_file(*spec.file_path, 100));
    EXPECT_EQ(payload->of(Route::file).file, *spec.file_path);
}

TEST_F(PayloadTest, says_which_file_cannot_be_had) {
    PayloadSpec spec;
    spec.file_path = folder_ / "absent.bin";
    const auto payload = make_payload(spec, folder_);
    ASSERT_FALSE(payload);
    EXPECT_THAT(payload.error().message, HasSubstr("absent.bin: No such file"));
    const auto unwritable = make_payload({}, folder_ / "no" / "folder");
    ASSERT_FALSE(unwritable);
    EXPECT_EQ(unwritable.error().code, ErrorCode::environment);
    EXPECT_THAT(unwritable.error().message, HasSubstr("the payload file: cannot write"));
}

TEST_F(PayloadTest, checks_the_json_once_more) {
    PayloadSpec spec;
    spec.bodies[Route::json] = "{";
    ASSERT_FALSE(make_payload(spec, folder_));
}

TEST(PayloadJson, is_compact_json) {
    for (const char* text :
         {"{}", "[]", R"({"a b":"c \" d","e":[1,2.5,true,null]})", R"(["ü\\"])"}) {
        const auto checked = check_json(text);
        EXPECT_TRUE(checked) << text << ": " << checked.error().message;
    }
}

TEST(PayloadJson, that_is_none_is_refused) {
    const auto error = [](const std::string& text) {
        const auto checked = check_json(text);
        return checked ? std::string() : checked.error().message;
    };
    EXPECT_THAT(error(""), HasSubstr("not JSON"));
    EXPECT_THAT(error("{\"a\":1"), HasSubstr("not JSON"));
    EXPECT_THAT(error("{'a':1}"), HasSubstr("not JSON"));
    EXPECT_THAT(error("{}x"), HasSubstr("something follows"));
    EXPECT_THAT(error("5"), HasSubstr("neither a JSON object"));
    EXPECT_THAT(error("\"text\""), HasSubstr("neither a JSON object"));
    EXPECT_THAT(error("{\"a\": 1}"), HasSubstr("blank at character 6"));
    EXPECT_THAT(error("[1e999]"), HasSubstr("too large"));
    EXPECT_THAT(error(std::string(100'000, '[')), HasSubstr("nested more than 64 deep"));
}

}  // namespace
}  // namespace benchhost::model
