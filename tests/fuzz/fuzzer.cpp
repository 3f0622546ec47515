// A libFuzzer target of the one door that is linked with it.
#include "tests/fuzz/door.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    benchhost::fuzz::doors().front().enter({reinterpret_cast<const char*>(data), size});
    return 0;
}
