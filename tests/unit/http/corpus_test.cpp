// What the fuzzer checks, on its kept corpus, in every build: no clang is needed for that.
#include "tests/fuzz/answer_stream.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace benchhost::http {
namespace {

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(Corpus, ReadsTheSameHoweverItIsCut) {
    const std::filesystem::path folder =
        std::filesystem::path(BENCHHOST_SOURCE_DIR) / "tests/fuzz/corpus/response_parser";
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string stream = content_of(entry.path());
        ++files;
        for (const bool head_request : {false, true}) {
            HeadCache cache;
            const std::vector<SeenAnswer> whole = read_stream(stream, {}, head_request);
            for (const Cuts& cuts : {Cuts{}, Cuts{1}, Cuts{2, 3, 5, 7, 11}, Cuts{64}}) {
                ASSERT_EQ(read_stream(stream, cuts, head_request), whole) << entry.path();
                ASSERT_EQ(read_stream(stream, cuts, head_request, &cache), whole) << entry.path();
            }
        }
    }
    EXPECT_GT(files, 50U) << "the corpus is not where it should be";
}

}  // namespace
}  // namespace benchhost::http
