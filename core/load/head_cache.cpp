#include "core/load/head_cache.hpp"

#include <algorithm>
#include <cstring>

namespace benchhost::load {

ResponseParser::Step HeadCache::parse(ResponseParser& parser, std::string_view data) {
    if (parser.started()) {
        return parser.parse(data);
    }
    if (size_ == 0 || data.size() < size_ || parser.head_request_ != after_header_.head_request_ ||
        std::memcmp(data.data(), header_.data(), size_) != 0) {
        return parse_and_remember(parser, data);
    }
    ++hits_;
    parser = after_header_;
    ResponseParser::Step step = parser.parse(data.substr(size_));
    step.consumed += size_;
    return step;
}

ResponseParser::Step HeadCache::parse_and_remember(ResponseParser& parser, std::string_view data) {
    if (data.empty()) {
        return parser.parse(data);
    }
    const char* const begin = data.data();
    const char* const at = parser.read_header(begin, begin + data.size());
    const auto size = static_cast<std::size_t>(at - begin);
    if (parser.head_done() && parser.state() != ResponseParser::State::malformed &&
        size <= kLongest) {
        after_header_ = parser;
        size_ = size;
        std::copy(begin, at, header_.begin());
    }
    ResponseParser::Step step = parser.parse(data.substr(size));
    step.consumed += size;
    return step;
}

}  // namespace benchhost::load
