#include "core/process/log_tail.hpp"

#include "core/base/printable.hpp"

#include <algorithm>

namespace benchhost::process {

void LogTail::append(std::string_view bytes) {
    total_ += bytes.size();
    if (bytes.size() >= capacity_) {
        kept_.assign(bytes.substr(bytes.size() - capacity_));
        return;
    }
    kept_ += bytes;
    if (kept_.size() > 2 * capacity_) {
        kept_.erase(0, kept_.size() - capacity_);
    }
}

std::string_view LogTail::bytes() const {
    const std::string_view all(kept_);
    return all.substr(all.size() - std::min(all.size(), capacity_));
}

std::vector<std::string> LogTail::lines(std::size_t most, std::size_t line_length) const {
    std::string_view rest = bytes();
    std::vector<std::string> newest_first;
    while (!rest.empty() && newest_first.size() < most) {
        if (rest.back() == '\n') {
            rest.remove_suffix(1);
        }
        const auto newline = rest.rfind('\n');
        const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
        std::string_view line = rest.substr(begin);
        rest = rest.substr(0, begin);
        if (!line.empty() && line.back() == '\r') {
            line.remove_suffix(1);
        }
        const bool cut = line.size() > line_length;
        newest_first.push_back(printable(line.substr(0, line_length)) + (cut ? "..." : ""));
    }
    std::reverse(newest_first.begin(), newest_first.end());
    return newest_first;
}

}  // namespace benchhost::process
