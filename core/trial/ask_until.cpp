#include "core/trial/ask_until.hpp"

#include <fmt/format.h>

#include <map>
#include <thread>

namespace benchhost::trial {
namespace {

constexpr auto kRetryPause = std::chrono::milliseconds(10);

std::string listed(const std::map<std::string, std::string>& silent) {
    std::string text;
    for (const auto& [address, why] : silent) {
        text += fmt::format("{}by {}: {}", text.empty() ? "" : "; ", address, why);
    }
    return text;
}

}  // namespace

Result<http::ProbeReport> ask_until_right(RunningServer& server, const Question& question,
                                          std::chrono::steady_clock::time_point deadline,
                                          const std::atomic<bool>& stop) {
    std::map<std::string, std::string> silent;  // why, by address
    for (;;) {
        const auto target = server.target();
        auto answer = question.ask(target);
        if (answer) {
            if (auto wrong = question.wrong(*answer)) {
                return Error{ErrorCode::server, *wrong};
            }
            return std::move(*answer);
        }
        if (const auto fault = server.fault()) {
            return Error{ErrorCode::server, fault->reason};
        }
        if (stop) {
            return Error{ErrorCode::interrupted, "interrupted"};
        }
        auto& why = silent[target.address];
        why = fmt::format("{} ({})", model::to_string(answer.error().failure), answer.error().seen);
        if (std::chrono::steady_clock::now() >= deadline) {
            return Error{ErrorCode::server, fmt::format("{} was not answered: {}", question.what,
                                                        silent.size() == 1 ? why : listed(silent))};
        }
        server.try_next_address();
        std::this_thread::sleep_for(kRetryPause);  // polling another process: nothing to wait on
    }
}

}  // namespace benchhost::trial
