#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <numeric>

namespace benchhost::model {

namespace {

constexpr std::size_t kExampleBytes = 256;

}  // namespace

std::string escaped(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) {
        if (byte == '\r') {
            text += "\\r";
        } else if (byte == '\n') {
            text += "\\n";
        } else if (byte >= ' ' && byte <= '~') {
            text += byte;
        } else {
            text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        }
    }
    return text;
}

std::string_view to_string(FailureClass failure) { return word_of(failure); }

void FailureCounts::add(FailureClass failure, std::string_view seen) {
    if (add(failure)) {
        set_example(failure, seen);
    }
}

void FailureCounts::set_example(FailureClass failure, std::string_view seen) {
    std::string& example = examples_[static_cast<std::size_t>(failure)];
    if (example.empty()) {
        example = escaped(seen.substr(0, kExampleBytes));
    }
}

void FailureCounts::add_many(FailureClass failure, std::uint64_t count, std::string_view seen) {
    counts_[static_cast<std::size_t>(failure)] += count;
    std::string& example = examples_[static_cast<std::size_t>(failure)];
    if (example.empty()) {
        example = seen;
    }
}

void FailureCounts::merge(const FailureCounts& other) {
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        add_many(static_cast<FailureClass>(i), other.counts_[i], other.examples_[i]);
    }
}

std::uint64_t FailureCounts::total() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

}  // namespace benchhost::model
