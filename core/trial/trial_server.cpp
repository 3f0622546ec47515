#include "core/trial/trial_server.hpp"

#include "core/trial/loaded_window.hpp"
#include "core/trial/probe_requests.hpp"
#include "core/trial/probe_routes.hpp"

#include <chrono>

namespace benchhost::trial {
namespace {

using std::chrono::steady_clock;

constexpr auto kProbePatience = std::chrono::seconds(15);

}  // namespace

bool TrialServer::start(results::Trial& trial) {
    const auto begin = steady_clock::now();
    auto launched = launcher_.launch(server_, directory_);
    if (!launched) {
        const auto& fault = launched.error();
        fail(trial, word_of(fault.stage), fault.reason, fault.log_tail);
        return false;
    }
    running_ = std::move(*launched);
    trial.effective_limits = running_->effective_limits();
    auto requests = profile_.requests;
    if (profile_.is_flow) {
        requests.resize(1);  // what later steps send is taken out of answers
    }
    const auto probed = requests.empty() ? probe_routes(*running_, payload_, profile_.route,
                                                        !server_.url, kProbePatience, interrupted_)
                                         : probe_requests(*running_, requests, profile_.picks,
                                                          kProbePatience, interrupted_);
    if (!probed) {
        const auto fault = running_->fault();
        fail(trial, "probe", probed.error().message,
             fault ? fault->log_tail : running_->log_tail());
        return false;
    }
    if (const auto address = running_->target().address; server_.url && !address.empty()) {
        trial.address = address;
    }
    trial.ready_ms = to_milliseconds(steady_clock::now() - begin);
    trial.probed = *probed;
    return true;
}

Status TrialServer::replace() {
    running_->stop();
    running_.reset();
    results::Trial attempt;
    if (start(attempt)) {
        return {};
    }
    if (running_) {
        running_->stop();
        running_.reset();
    }
    return Error{ErrorCode::server, *attempt.stage + ": " + *attempt.reason};
}

void TrialServer::stop(results::Trial& trial) {
    const auto begin = steady_clock::now();
    const auto stopped = running_ ? running_->stop() : std::nullopt;
    if (!stopped) {
        return;
    }
    trial.stop_ms = to_milliseconds(steady_clock::now() - begin);
    // A server that failed has said why already.
    if (!stopped->clean && trial.outcome == model::Outcome::ok) {
        trial.notes.push_back("did not stop cleanly: " + stopped->how);
    }
    // It died so late that nobody has seen it yet: that is why it did not answer.
    if (stopped->fault && trial.outcome == model::Outcome::failed && trial.stage == "measure") {
        trial.reason = stopped->fault->reason;
        trial.log_tail = stopped->fault->log_tail;
    }
    // A server that ended by it has said so in its reason, one that limped has not.
    if (stopped->processes_refused &&
        trial.reason.value_or("").find(*stopped->processes_refused) == std::string::npos) {
        trial.notes.push_back(*stopped->processes_refused + ": [limits] processes raises it");
    }
    if (!stopped->tree_gone) {
        trial.notes.push_back("left processes behind that could not be killed");
    }
}

http::Target TrialServer::target() const {
    auto target = running_->target();
    if (profile_.requests.empty()) {
        target.path = route_path(target.path, profile_.route);
    }
    return target;
}

}  // namespace benchhost::trial
