// The inputs of the golden reports are what the program writes, byte for byte: a key that it does
// not know, one that it always writes and they lack, or a value that it writes otherwise shows
// here.
#include "tests/unit/report/golden.hpp"
#include "tests/unit/results/sample_results.hpp"

#include <gtest/gtest.h>

namespace benchhost::report {
namespace {

// Every member of the results is in it
// (ResultsSchema.everything_that_is_described_is_in_full_results).
TEST(GoldenInputs, EverythingIsWhatAResultSetCanHold) {
    expect_golden(golden_folder() / "everything.json", results::to_json(results::full_results()));
}

TEST(GoldenInputs, AreWhatTheProgramWrites) {
    for (const auto& name : golden_cases()) {
        const auto file = golden_folder() / (name + ".json");
        const auto read = results::read_results(file);
        if (!read) {
            ADD_FAILURE() << read.error().message
                          << "\nGive it what every file has by now, then ./dev golden.";
            continue;
        }
        expect_golden(file, results::to_json(*read));
    }
}

}  // namespace
}  // namespace benchhost::report
