// libFuzzer target: an answer is the same however it is cut, with the head cache and without.
//
// The input is a stream of answers. What follows the first two bytes 0xFF 0xFF, if they are there,
// is how to cut it: one byte of flags (1: the answers are to HEAD), then the lengths of the pieces.

#include "tests/fuzz/answer_stream.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using benchhost::http::HeadCache;
using benchhost::load::Cuts;
using benchhost::load::read_stream;
using benchhost::load::SeenAnswer;

void must_equal(const std::vector<SeenAnswer>& one, const std::vector<SeenAnswer>& other) {
    if (one != other) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t border = input.find("\xFF\xFF");
    const std::string_view stream = input.substr(0, border);
    bool head_request = false;
    Cuts cuts{1};
    if (border != std::string_view::npos && border + 2 < input.size()) {
        head_request = (input[border + 2] & 1) != 0;
        const std::string_view lengths = input.substr(border + 3);
        if (!lengths.empty()) {
            cuts.clear();
        }
        for (const char length : lengths) {
            cuts.push_back(static_cast<unsigned char>(length));
        }
    }
    const std::vector<SeenAnswer> whole = read_stream(stream, {}, head_request);
    must_equal(whole, read_stream(stream, cuts, head_request));
    HeadCache cache;
    must_equal(whole, read_stream(stream, {}, head_request, &cache));
    must_equal(whole, read_stream(stream, cuts, head_request, &cache));
    must_equal(whole, read_stream(stream, {}, head_request, &cache));
    return 0;
}
