#include "core/machine/rest.hpp"

#include <algorithm>

namespace benchhost::machine {
namespace {

double share_of(Nanoseconds time, Nanoseconds window) {
    return window.count() > 0 ? to_seconds(time) / to_seconds(window) : 0;
}

}  // namespace

RestReading rest_between(const ThreadTimes& begin, const ThreadTimes& end, Nanoseconds cpu,
                         Nanoseconds window) {
    // Awake all the time and hardly served: perhaps one small thing to do and no processor for it.
    constexpr double kLeastRun = 0.02;
    RestReading reading;
    reading.ran = reading.least = reading.most = share_of(cpu, window);
    for (const auto& spell : spells_between(begin, end)) {
        const double ran = std::min(1.0, share_of(spell.ran, window));
        const double slept =
            spell.awake_at_end ? 0 : std::max(0.0, 1 - ran - share_of(spell.waited, window));
        // Without the waits, work and sleep would have taken turns as they did.
        const double alone = ran + slept > 0 ? ran / (ran + slept) : 1;
        reading.most += alone - ran;
        if (spell.never_slept && ran >= kLeastRun) {
            reading.least += 1 - ran;
        }
    }
    reading.most = std::max(reading.most, reading.least);
    return reading;
}

}  // namespace benchhost::machine
