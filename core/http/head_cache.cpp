#include "core/http/head_cache.hpp"

#include <algorithm>
#include <cstring>

namespace benchhost::http {

ResponseParser::Step HeadCache::parse(ResponseParser& parser, std::string_view data) {
    if (parser.started()) {
        return parser.parse(data);
    }
    if (size_ == 0 || data.size() < size_ ||
        parser.head_request() != after_header_.head_request() ||
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
    const ResponseParser::Step header = parser.parse_header(data);
    if (header.state != ResponseParser::State::malformed && parser.head_done() &&
        header.consumed <= kLongest) {
        after_header_ = parser;
        size_ = header.consumed;
        std::copy_n(data.begin(), size_, header_.begin());
    }
    ResponseParser::Step step = parser.parse(data.substr(header.consumed));
    step.consumed += header.consumed;
    return step;
}

}  // namespace benchhost::http
