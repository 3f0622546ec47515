// A door: what reads something that others wrote. Each has a file here that makes promises about
// whatever comes in. Fuzzers look for what breaks them (./dev fuzz); in every build the tests hold
// them for the seeds (doors_test.cpp).
#pragma once

#include "core/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace benchhost::fuzz {

struct Door {
    /// Registers it, for as long as the program runs.
    Door(const char* its_name, void (*what_enters)(std::string_view input));

    const char* name;  ///< as in CMakeLists.txt
    void (*enter)(std::string_view input);
};
/// Those that are linked in.
const std::vector<Door>& doors();

/// Throws std::logic_error, which ends a fuzzer, when the promise is broken.
void hold(bool promise, const std::string& what);
/// The error is of this code, and says something.
void hold_error(const Error& error, ErrorCode code);
bool is_utf8(std::string_view text);

}  // namespace benchhost::fuzz
