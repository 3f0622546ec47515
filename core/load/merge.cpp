#include "core/load/merge.hpp"

#include "core/load/engine/live_latency.hpp"

#include <algorithm>

namespace benchhost::load {
namespace {

// Counters, times and the numbers made of them.
template <class Value>
void add(Value& sum, const Value& part) {
    if constexpr (requires { sum.merge(part); }) {
        sum.merge(part);
    } else {
        sum += part;
    }
}

void add(bool& sum, const bool& part) { sum = sum || part; }

template <class Number>
void add(std::optional<Number>& sum, const std::optional<Number>& part) {
    if (part) {
        sum = sum.value_or(Number{}) + *part;
    }
}

void add(std::optional<std::string>& first, const std::optional<std::string>& part) {
    if (!first) {
        first = part;
    }
}

void add(std::vector<std::string>& all, const std::vector<std::string>& part) {
    all.insert(all.end(), part.begin(), part.end());
}

// The clock of the first one counts.
void add(std::chrono::steady_clock::time_point& /*first*/,
         const std::chrono::steady_clock::time_point& /*part*/) {}

// A name, the same in all parts.
void add(std::string& name, const std::string& part) { name = part; }

void add(std::vector<RequestReport>& sum, const std::vector<RequestReport>& part);

// merge_series() takes those of all parts at once.
void add(std::vector<SecondRecord>& /*sum*/, const std::vector<SecondRecord>& /*part*/) {}

template <class Number>
Number smaller(const Number& one, const Number& other) {
    return std::min(one, other);
}

// What is not known is not the smallest.
template <class Number>
std::optional<Number> smaller(const std::optional<Number>& one,
                              const std::optional<Number>& other) {
    return !other || (one && *one < *other) ? one : other;
}

template <DescribedStruct Struct>
void add(Struct& sum, const Struct& part) {
    for_each_member<Struct>([&]<class Member>(Member /*type*/) {
        constexpr auto kMember = Member::pointer;
        if constexpr (is_among(kLargest<Struct>, kMember)) {
            sum.*kMember = std::max(sum.*kMember, part.*kMember);
        } else if constexpr (is_among(kSmallest<Struct>, kMember)) {
            sum.*kMember = smaller(sum.*kMember, part.*kMember);
        } else {
            add(sum.*kMember, part.*kMember);
        }
    });
}

// Kind by kind.
void add(std::vector<RequestReport>& sum, const std::vector<RequestReport>& part) {
    if (sum.empty()) {
        sum = part;
        return;
    }
    for (std::size_t kind = 0; kind < part.size(); ++kind) {
        add(sum[kind], part[kind]);
    }
}

}  // namespace

std::vector<SecondRecord> merge_series(const std::vector<const std::vector<SecondRecord>*>& parts) {
    std::size_t length = 0;
    for (const auto* part : parts) {
        length = std::max(length, part->size());
    }
    std::vector<SecondRecord> series(length);
    std::vector<std::uint32_t> counts(LiveLatency::kBuckets);
    for (std::size_t t = 0; t < length; ++t) {
        SecondRecord& record = series[t];
        record.t = static_cast<std::uint32_t>(t);
        std::fill(counts.begin(), counts.end(), 0);
        std::uint64_t total = 0;
        for (const auto* part : parts) {
            if (t >= part->size()) {
                continue;
            }
            const SecondRecord& second = (*part)[t];
            record.ok += second.ok;
            record.failed += second.failed;
            for (const auto& [bucket, count] : second.latencies) {
                counts[bucket] += count;
                total += count;
            }
        }
        for (std::size_t bucket = 0; total > 0 && bucket < counts.size(); ++bucket) {
            if (counts[bucket] > 0) {
                record.latencies.emplace_back(static_cast<std::uint16_t>(bucket), counts[bucket]);
            }
        }
        if (total > 0) {
            record.p50 = quantile_of(counts, total, 0.50);
            record.p99 = quantile_of(counts, total, 0.99);
        }
    }
    return series;
}

double LoadReport::rate() const {
    return duration.count() > 0 ? static_cast<double>(ended.ok) / to_seconds(duration) : 0;
}

void merge_into(LoadReport& sum, const LoadReport& part) { add(sum, part); }

LoadReport merge_reports(const std::vector<LoadReport>& parts) {
    LoadReport sum = parts.front();
    std::vector<const std::vector<SecondRecord>*> seconds;
    for (const LoadReport& part : parts) {
        if (&part != &parts.front()) {
            merge_into(sum, part);
        }
        seconds.push_back(&part.series);
    }
    sum.series = merge_series(seconds);
    return sum;
}

}  // namespace benchhost::load
