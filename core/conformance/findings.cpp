#include "core/conformance/findings.hpp"

#include <algorithm>

namespace benchhost::conformance {
namespace {

std::size_t count_in(const std::vector<CheckLine>& lines, Grade grade) {
    return static_cast<std::size_t>(
        std::count_if(lines.begin(), lines.end(),
                      [&](const CheckLine& line) { return line.finding.grade == grade; }));
}

}  // namespace

const char* to_string(Grade grade) {
    switch (grade) {
        case Grade::pass:
            return "pass";
        case Grade::warn:
            return "warn";
        case Grade::fail:
            break;
    }
    return "fail";
}

std::size_t PluginFindings::count(Grade grade) const {
    std::size_t found = count_in(lines, grade);
    for (const auto& server : servers) {
        found += count_in(server.lines, grade);
    }
    return found;
}

}  // namespace benchhost::conformance
