#include "core/process/log_tail.hpp"

#include "core/base/utf8.hpp"

#include <algorithm>

namespace benchhost::process {

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        const auto lead = static_cast<unsigned char>(text.front());
        if (text.front() == '\t') {
            clean += ' ';
        } else if (length == 0 || lead < 0x20 || lead == 0x7F) {
            clean += '?';
        } else {
            clean += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

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
