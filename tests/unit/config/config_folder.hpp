// A folder of its own for configs that tests write, gone after the test.
#pragma once

#include "core/config/config.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace benchhost::config {

class ConfigFolder : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "benchhost-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path write(const std::string& content, const std::string& name = "t.ini") {
        const auto path = folder_ / name;
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    Result<SuiteConfig> read(const std::string& content,
                             const std::vector<Override>& overrides = {}) {
        return read_config(write(content), overrides);
    }
    /// The error without the folder in front of "t.ini"; "" when there is none.
    std::string error_of(const std::string& content, const std::vector<Override>& overrides = {}) {
        const auto config = read(content, overrides);
        if (config) {
            return "";
        }
        EXPECT_EQ(config.error().code, ErrorCode::usage);
        auto message = config.error().message;
        const auto prefix = folder_.string() + "/";
        for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
            message.erase(at, prefix.size());
        }
        return message;
    }

    std::filesystem::path folder_;
};

}  // namespace benchhost::config
