#include "core/load/merge.hpp"

#include "core/load/live_latency.hpp"

#include <algorithm>

namespace benchhost::load {
namespace {

void add_books(Books& sum, const Books& part) {
    sum.planned += part.planned;
    sum.sent += part.sent;
    sum.shed += part.shed;
    sum.unsent += part.unsent;
    sum.ok += part.ok;
    sum.failed += part.failed;
    sum.unfinished += part.unfinished;
}

void add_client(ClientUsage& sum, const ClientUsage& part) {
    sum.cpu += part.cpu;
    sum.max_thread_utilisation = std::max(sum.max_thread_utilisation, part.max_thread_utilisation);
    sum.max_loop_lag = std::max(sum.max_loop_lag, part.max_loop_lag);
}

void add_report(LoadReport& sum, const LoadReport& part) {
    sum.duration = std::max(sum.duration, part.duration);
    add_books(sum.books, part.books);
    sum.failures.merge(part.failures);
    sum.response_time.merge(part.response_time);
    sum.service_time.merge(part.service_time);
    sum.send_lag.merge(part.send_lag);
    sum.failed_time.merge(part.failed_time);
    sum.connections.opened += part.connections.opened;
    sum.connections.reused_requests += part.connections.reused_requests;
    sum.connections.closed_by_server += part.connections.closed_by_server;
    sum.bytes.received += part.bytes.received;
    sum.bytes.body += part.bytes.body;
    add_client(sum.client, part.client);
    sum.mean_in_flight += part.mean_in_flight;
    sum.longest_cut_stay = std::max(sum.longest_cut_stay, part.longest_cut_stay);
    sum.failed_outside += part.failed_outside;
    if (part.offered_ceiling) {
        sum.offered_ceiling = sum.offered_ceiling.value_or(0) + *part.offered_ceiling;
    }
    sum.nofile = std::min(sum.nofile, part.nofile);
    sum.notes.insert(sum.notes.end(), part.notes.begin(), part.notes.end());
    sum.interrupted = sum.interrupted || part.interrupted;
    if (!sum.gave_up) {
        sum.gave_up = part.gave_up;
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

LoadReport merge_reports(const std::vector<LoadReport>& parts) {
    LoadReport sum;
    sum.window_start = parts.front().window_start;
    sum.nofile = parts.front().nofile;
    std::vector<const std::vector<SecondRecord>*> seconds;
    for (const LoadReport& part : parts) {
        add_report(sum, part);
        seconds.push_back(&part.series);
    }
    sum.series = merge_series(seconds);
    return sum;
}

}  // namespace benchhost::load
