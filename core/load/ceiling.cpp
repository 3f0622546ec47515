#include "core/load/ceiling.hpp"

#include "core/servers/null_server.hpp"

#include <algorithm>
#include <utility>

namespace benchhost::load {
namespace {

constexpr std::uint32_t kEnoughConnections = 512;  // more do not make it faster

std::uint32_t enough_connections(const model::LoadModel& model) {
    return std::visit(
        [](const auto& each) {
            return each.kNeverPauses ? std::min(each.open_at_once(), kEnoughConnections)
                                     : model::ClosedLoop{}.connections;
        },
        model);
}

}  // namespace

CeilingKey ceiling_key(const LoadSpec& spec) {
    return {spec.expectation.body, spec.expectation.verify, spec.keep_alive, spec.pipeline,
            enough_connections(spec.model)};
}

Result<std::optional<double>> generator_ceiling(LoadSpec spec, std::optional<unsigned> server_cpu,
                                                const std::atomic<bool>& stop) {
    if (!spec.keep_alive || !spec.expectation.body || !spec.requests.empty()) {
        return std::optional<double>();
    }
    auto listener = servers::listen_tcp("127.0.0.1");
    if (!listener) {
        return listener.error();
    }
    auto server = servers::NullServer::start(
        std::move(*listener), {servers::canned_answer(*spec.expectation.body), server_cpu});
    if (!server) {
        return server.error();
    }
    spec.target = (*server)->target();
    spec.model = model::ClosedLoop{enough_connections(spec.model)};
    spec.warmup = std::chrono::milliseconds(200);
    spec.duration = std::chrono::milliseconds(500);
    const auto report = run_load(spec, stop);
    if (!report) {
        return report.error();
    }
    const double busy = report->client.max_thread_utilisation;
    if (report->interrupted || report->ended.ok == 0 || busy <= 0) {
        return std::optional<double>();
    }
    const double rate = report->rate();
    return std::optional(rate / std::min(1.0, busy));
}

}  // namespace benchhost::load
