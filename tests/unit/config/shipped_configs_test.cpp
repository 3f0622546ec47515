// The configs we ship are right, and the reference's tables of keys are printed from those
// that the reader has.
#include "core/base/file.hpp"
#include "core/config/config.hpp"
#include "core/config/config_key.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace benchhost::config {
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

/// As Markdown, between its marks.
std::string printed(const KeyTable& table) {
    std::string text = "| key | value | default | |\n|---|---|---|---|\n";
    for (const auto& key : table.keys) {
        text +=
            fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.words, key.standard, key.help);
    }
    return text;
}

constexpr std::string_view kEnd = "<!-- end of keys -->\n";

/// `text` with each table of keys between "<!-- keys of TITLE -->" and kEnd as the reader has it.
std::string with_tables(std::string text) {
    for (const auto& table : key_tables()) {
        const auto mark = fmt::format("<!-- keys of {} -->\n", table.title);
        const auto begin = text.find(mark);
        const auto end = text.find(kEnd, begin);
        if (begin == std::string::npos || end == std::string::npos) {
            ADD_FAILURE() << "docs/configuration.md has no place for the keys of " << table.title;
            continue;
        }
        text.replace(begin + mark.size(), end - begin - mark.size(), printed(table));
    }
    return text;
}

TEST(Reference, has_the_keys_that_are_read) {
    const auto path = kSource / "docs" / "configuration.md";
    const auto text = read_file(path, 1'000'000);
    ASSERT_TRUE(text) << text.error().message;
    const auto wanted = with_tables(*text);
    const char* accept = std::getenv("BENCHHOST_ACCEPT_GOLDEN");
    if (accept != nullptr && std::string(accept) == "1") {
        std::ofstream(path, std::ios::binary) << wanted;
        return;
    }
    EXPECT_TRUE(*text == wanted)
        << path << " has other keys than the reader.\n"
        << "BENCHHOST_ACCEPT_GOLDEN=1 and run the test again: it prints them anew.";
}

}  // namespace
}  // namespace benchhost::config
