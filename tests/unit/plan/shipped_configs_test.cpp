// The configs we ship are right, and the reference describes every key that the reader knows.
#include "core/base/file.hpp"
#include "core/base/gate_metric.hpp"
#include "core/plan/config.hpp"
#include "core/plan/config_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace benchhost::plan {
namespace {

const std::filesystem::path kSource = BENCHHOST_SOURCE_DIR;

TEST(ShippedConfigs, are_right) {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kSource / "config")) {
        if (entry.path().extension() == ".ini") {
            ++found;
            const auto config = read_config(entry.path());
            EXPECT_TRUE(config) << config.error().message;
        }
    }
    EXPECT_GE(found, 6U);
}

// The part of the reference about one section: from its headline to the next.
std::string chapter(const std::string& text, const std::string& headline) {
    const auto start = text.find("\n## " + headline + "\n");
    if (start == std::string::npos) {
        return "";
    }
    return text.substr(start, text.find("\n## ", start + 1) - start);
}

class Reference : public testing::Test {
  protected:
    void SetUp() override {
        const auto read = read_file(kSource / "docs" / "configuration.md", 1'000'000);
        ASSERT_TRUE(read) << read.error().message;
        text_ = *read;
    }
    void expect_described(const std::string& headline, std::string_view key) const {
        EXPECT_THAT(chapter(text_, headline),
                    testing::HasSubstr("\n| `" + std::string(key) + "` |"))
            << "docs/configuration.md, chapter " << headline;
    }

    std::string text_;
};

TEST_F(Reference, describes_every_key) {
    for (const auto key : kSuiteKeys) {
        expect_described("[suite]", key);
    }
    for (const auto key : kPayloadKeys) {
        expect_described("[payload]", key);
    }
    for (const auto key : kLimitsKeys) {
        expect_described("[limits]", key);
    }
    for (const auto& [metric, name] : kGateMetrics) {
        expect_described("[gate]", name);
    }
    for (const auto key : kGateKeys) {
        expect_described("[gate]", key);
    }
    for (const auto key : kServerKeys) {
        expect_described("[server.ID]", key);
    }
    for (const auto& key : kProfileKeys) {
        expect_described("[profile.NAME]", key.name);
    }
}

TEST_F(Reference, describes_no_key_that_is_not_read) {
    std::istringstream lines(chapter(text_, "[profile.NAME]"));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("| `")) {
            const auto key = line.substr(3, line.find('`', 3) - 3);
            EXPECT_TRUE(std::any_of(kProfileKeys.begin(), kProfileKeys.end(),
                                    [&](const ProfileKey& known) { return known.name == key; }))
                << key;
        }
    }
}

}  // namespace
}  // namespace benchhost::plan
