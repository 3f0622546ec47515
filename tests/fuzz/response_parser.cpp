// An answer is the same however it is cut, with the head cache and without.
//
// The input is a stream of answers. What follows the first two bytes 0xFF 0xFF, if they are there,
// is how to cut it: one byte of flags (1: the answers are to HEAD), then the lengths of the pieces.
#include "tests/fuzz/answer_stream.hpp"
#include "tests/fuzz/door.hpp"

namespace benchhost::fuzz {
namespace {

void read_answers(std::string_view input) {
    const std::size_t border = input.find("\xFF\xFF");
    const std::string_view stream = input.substr(0, border);
    bool head_request = false;
    http::Cuts cuts{1};
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
    const auto whole = http::read_stream(stream, {}, head_request);
    hold(http::read_stream(stream, cuts, head_request) == whole, "it is the same in pieces");
    http::HeadCache cache;
    for (const auto& pieces : {http::Cuts{}, cuts, http::Cuts{}}) {
        hold(http::read_stream(stream, pieces, head_request, &cache) == whole,
             "it is the same with the head cache");
    }
}

const Door response_parser_door("response_parser", read_answers);

}  // namespace
}  // namespace benchhost::fuzz
