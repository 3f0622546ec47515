// Asking many child processes, a few at once: one that is slow to answer holds up only itself.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <string>
#include <vector>

namespace benchhost::plugin {

/// Told a line for the user while something takes its time. Called from the thread that asked for
/// it.
using Notice = std::function<void(const std::string&)>;

/// The answers of `ask(0)` to `ask(count - 1)`, in that order, each asked on a thread of its own.
/// `on_slow` gets the numbers of those that have not answered after two seconds.
template <class Ask>
auto ask_all(std::size_t count, const Ask& ask,
             const std::function<void(const std::vector<std::size_t>&)>& on_slow) {
    using Answer = decltype(ask(std::size_t{}));
    constexpr std::size_t kAtOnce = 8;
    constexpr auto kPatience = std::chrono::seconds(2);
    std::vector<Answer> answers;
    for (std::size_t first = 0; first < count; first += kAtOnce) {
        std::vector<std::future<Answer>> asked;
        for (std::size_t i = first; i < std::min(count, first + kAtOnce); ++i) {
            asked.push_back(std::async(std::launch::async, [&ask, i] { return ask(i); }));
        }
        const auto patient_until = std::chrono::steady_clock::now() + kPatience;
        std::vector<std::size_t> slow;
        for (std::size_t i = 0; i < asked.size(); ++i) {
            if (asked[i].wait_until(patient_until) != std::future_status::ready) {
                slow.push_back(first + i);
            }
        }
        if (!slow.empty()) {
            on_slow(slow);
        }
        for (auto& answer : asked) {
            answers.push_back(answer.get());
        }
    }
    return answers;
}

}  // namespace benchhost::plugin
