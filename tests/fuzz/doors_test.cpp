// What the fuzzers look for, held for their seeds in every build: no clang is needed for that. What
// a fuzzer has found is kept as a seed.
#include "tests/fuzz/door.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <fstream>
#include <iterator>

namespace benchhost::fuzz {
namespace {

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << "cannot read " << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

// As CMake lists them for libFuzzer.
std::vector<std::string> seeds_of(const Door& door) {
    std::ifstream list(BENCHHOST_SEEDS "/" + std::string(door.name) + ".seeds");
    std::vector<std::string> seeds;
    for (std::string path; std::getline(list, path, ',');) {
        seeds.push_back(path);
    }
    return seeds;
}

class Doors : public testing::TestWithParam<Door> {};

TEST_P(Doors, KeepTheirPromisesForEverySeed) {
    const auto seeds = seeds_of(GetParam());
    EXPECT_GE(seeds.size(), 3U);
    for (const auto& path : seeds) {
        const auto whole = content_of(path);
        // Cut off, too: nothing arrives whole for certain.
        for (const auto size : {whole.size(), whole.size() / 2, whole.size() - whole.size() / 8}) {
            try {
                GetParam().enter(std::string_view(whole).substr(0, size));
            } catch (const std::exception& broken) {
                ADD_FAILURE() << path << ", its first " << size << " bytes: " << broken.what();
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, Doors, testing::ValuesIn(doors()),
                         [](const auto& door) { return std::string(door.param.name); });

}  // namespace
}  // namespace benchhost::fuzz
