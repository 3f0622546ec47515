// benchhost doctor: what in this machine will spoil a measurement.
#include "core/machine/doctor.hpp"

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/standard_output.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace benchhost::cli {
namespace {

int doctor() {
    bool serious = false;
    for (const auto& finding : machine::examine_machine(std::chrono::seconds(1))) {
        constexpr const char* kMarks[] = {"good", "note", "SERIOUS"};
        print("{:<8}{}\n", kMarks[static_cast<int>(finding.weight)], finding.what);
        if (!finding.mend.empty()) {
            print("{:<8}  -> {}\n", "", finding.mend);
        }
        serious = serious || finding.weight == machine::Finding::Weight::serious;
    }
    return serious ? kSomethingFailed : kDone;
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("doctor", "Show what in this machine spoils measurements");
    command->callback([&action] { action = doctor; });
}

}  // namespace benchhost::cli
