#include "tests/unit/report/golden.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace benchhost::report {
namespace {

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    return content.str();
}

std::string first_difference(const std::string& wanted, const std::string& found) {
    std::istringstream left(wanted);
    std::istringstream right(found);
    std::string left_line;
    std::string right_line;
    for (int number = 1;; ++number) {
        const bool has_left = static_cast<bool>(std::getline(left, left_line));
        const bool has_right = static_cast<bool>(std::getline(right, right_line));
        if (!has_left && !has_right) {
            return "they differ only in the line break at the end";
        }
        if (has_left != has_right || left_line != right_line) {
            return "line " + std::to_string(number) +
                   "\n  wanted: " + (has_left ? left_line : "<end>") +
                   "\n  found:  " + (has_right ? right_line : "<end>");
        }
    }
}

}  // namespace

std::filesystem::path golden_folder() {
    return std::filesystem::path(BENCHHOST_SOURCE_DIR) / "tests" / "golden";
}

std::vector<std::string> golden_cases(const std::string& folder) {
    std::vector<std::string> cases;
    for (const auto& entry : std::filesystem::directory_iterator(golden_folder() / folder)) {
        if (entry.path().extension() == ".json") {
            cases.push_back((std::filesystem::path(folder) / entry.path().stem()).string());
        }
    }
    std::sort(cases.begin(), cases.end());
    return cases;
}

results::ResultSet golden_results(const std::string& name) {
    return results::read_results(golden_folder() / (name + ".json")).value();
}

void expect_golden(const std::filesystem::path& file, const std::string& content) {
    const char* accept = std::getenv("BENCHHOST_ACCEPT_GOLDEN");
    if (accept != nullptr && std::string(accept) == "1") {
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content;
        return;
    }
    const std::string wanted = read(file);
    EXPECT_TRUE(wanted == content)
        << file
        << " is not what is written now; first difference: " << first_difference(wanted, content)
        << "\nIf the new one is right, accept it by ./dev golden.";
}

}  // namespace benchhost::report
