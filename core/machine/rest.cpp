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
    // Who never gave a processor up may have slept at most so much, as far as the clocks tell; and
    // has to have run a little, or it was merely not served yet.
    constexpr double kMostSleep = 0.15;
    constexpr double kLeastRun = 0.05;
    RestReading reading;
    reading.ran = reading.least = reading.most = share_of(cpu, window);
    for (const auto& spell : spells_between(begin, end)) {
        const double ran = std::min(1.0, share_of(spell.ran, window));
        const double slept = std::max(0.0, 1 - ran - share_of(spell.waited, window));
        // Without the waits, work and sleep would have taken turns as they did.
        const double alone = ran + slept > 0 ? ran / (ran + slept) : 1;
        reading.most += alone - ran;
        if (!spell.gave_up && slept < kMostSleep && ran >= kLeastRun) {
            reading.least += 1 - ran;
        }
    }
    reading.most = std::max(reading.most, reading.least);
    return reading;
}

}  // namespace benchhost::machine
