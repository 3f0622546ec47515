#include "core/conformance/nonce_payload.hpp"

#include "core/base/file.hpp"
#include "core/base/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <picojson.h>

#include <algorithm>
#include <cstddef>

namespace benchhost::conformance {
namespace {

const model::RouteContent& given(const NoncePayload& payload, model::Route wanted) {
    return *std::find_if(payload.given().begin(), payload.given().end(),
                         [&](const auto& each) { return each.route == wanted; });
}

std::string content_of(const std::filesystem::path& file) {
    return read_file(file, std::uint64_t{1} << 20U).value();
}

class NoncePayloadTest : public ::testing::Test {
  protected:
    TemporaryFolder folder_ = TemporaryFolder::make("nonce-payload-test").value();
};

TEST_F(NoncePayloadTest, NoTwoAreAlike) {
    const auto one = NoncePayload::make(folder_.path()).value();
    const auto other = NoncePayload::make(folder_.path()).value();
    for (const model::Route route : kAll<model::Route>) {
        if (!given(one, route).body.empty() || !one.of(route).file.empty()) {
            EXPECT_NE(given(one, route).body + one.of(route).body,
                      given(other, route).body + other.of(route).body);
        }
        EXPECT_EQ(one.of(route).body.size(), other.of(route).body.size());
    }
}

TEST_F(NoncePayloadTest, ItemsAreThoseOfTheArrayThatIsGiven) {
    const auto payload = NoncePayload::make(folder_.path()).value();
    picojson::value array, some;
    ASSERT_EQ(picojson::parse(array, given(payload, model::Route::items).body), "");
    EXPECT_EQ(array.get<picojson::array>().size(), kNonceItems);
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, kNonceItems}) {
        const auto document = payload.first_items(count);
        EXPECT_TRUE(model::check_json(document)) << document;
        ASSERT_EQ(picojson::parse(some, document), "");
        EXPECT_EQ(some.get("count").get<double>(), static_cast<double>(count));
        const auto& all = array.get<picojson::array>();
        const picojson::array first(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
        EXPECT_TRUE(some.get("items") == picojson::value(first));
    }
}

TEST_F(NoncePayloadTest, TheJsonIsGivenWithBlanksAndExpectedWithout) {
    const auto payload = NoncePayload::make(folder_.path()).value();
    const auto& expected = payload.of(model::Route::json).body;
    const auto& loose = given(payload, model::Route::json).body;
    EXPECT_TRUE(model::check_json(expected)) << expected;
    EXPECT_NE(loose, expected);
    picojson::value one, other;
    ASSERT_EQ(picojson::parse(one, expected), "");
    ASSERT_EQ(picojson::parse(other, loose), "");
    EXPECT_TRUE(one == other);
}

TEST_F(NoncePayloadTest, ALargeOneHasTheSameBytesAsTextAndAsJson) {
    const auto payload = NoncePayload::make(folder_.path(), 600).value();
    EXPECT_EQ(payload.of(model::Route::text).body, payload.of(model::Route::json).body);
    EXPECT_GT(payload.of(model::Route::json).body.size(), 30'000U);
}

TEST_F(NoncePayloadTest, ASwappedFileHasOtherBytesOfTheSameLengthAndIsNewer) {
    auto payload = NoncePayload::make(folder_.path()).value();
    const auto file = payload.of(model::Route::file).file;
    auto before = payload.of(model::Route::file).body;
    auto time = std::filesystem::last_write_time(file);
    EXPECT_EQ(content_of(file), before);
    for (const auto how : {NoncePayload::Swap::in_place, NoncePayload::Swap::by_rename}) {
        ASSERT_TRUE(payload.swap_file(how));
        EXPECT_EQ(content_of(file), payload.of(model::Route::file).body);
        EXPECT_NE(payload.of(model::Route::file).body, before);
        EXPECT_EQ(payload.of(model::Route::file).body.size(), before.size());
        EXPECT_GT(std::filesystem::last_write_time(file), time);
        before = payload.of(model::Route::file).body;
        time = std::filesystem::last_write_time(file);
    }
}

}  // namespace
}  // namespace benchhost::conformance
