#include "core/servers/request_counter.hpp"

#include <algorithm>

namespace benchhost::servers {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";

}  // namespace

std::size_t RequestCounter::count(std::string_view data) {
    std::size_t ends = 0;
    while (!data.empty()) {
        if (matched_ == 0) {
            const std::size_t found = data.find(kEnd);
            if (found != std::string_view::npos) {
                ++ends;
                data.remove_prefix(found + kEnd.size());
                continue;
            }
            // Only the tail can be the beginning of an end.
            data.remove_prefix(data.size() - std::min(data.size(), kEnd.size() - 1));
        }
        for (; !data.empty() && matched_ < kEnd.size(); data.remove_prefix(1)) {
            if (data.front() == kEnd[matched_]) {
                ++matched_;
            } else {
                matched_ = data.front() == kEnd.front() ? 1 : 0;
            }
        }
        if (matched_ == kEnd.size()) {
            matched_ = 0;
            ++ends;
        }
    }
    return ends;
}

}  // namespace benchhost::servers
