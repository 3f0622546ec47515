// benchhost selftest: proves the generator's accuracy on this machine, planned against measured.
#include "core/selftest/selftest.hpp"

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt.hpp"
#include "cli/standard_output.hpp"
#include "report/table/number.hpp"

#include <fmt/format.h>
#include <picojson.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace benchhost::cli {
namespace {

using selftest::Proof;

void print_header() {
    print("{:<44} {:>12} {:>12} {:<9} {:<28} {}\n", "proof", "planned", "measured", "unit", "bound",
          "result");
}

void print_proof(const Proof& proof) {
    print("{:<44} {:>12} {:>12} {:<9} {:<28} {}{}\n", proof.name, report::rounded(proof.planned),
          report::rounded(proof.measured), proof.unit, proof.bound, proof.pass ? "pass" : "FAIL",
          proof.note.empty() ? "" : "  (" + proof.note + ")");
    std::fflush(stdout);
}

picojson::value to_json(const Proof& proof) {
    picojson::object object;
    object["name"] = picojson::value(proof.name);
    object["planned"] = picojson::value(proof.planned);
    object["measured"] = picojson::value(proof.measured);
    object["unit"] = picojson::value(proof.unit);
    object["bound"] = picojson::value(proof.bound);
    object["pass"] = picojson::value(proof.pass);
    if (!proof.note.empty()) {
        object["note"] = picojson::value(proof.note);
    }
    return picojson::value(object);
}

void print_json(const std::vector<Proof>& proofs) {
    picojson::array array;
    for (const auto& proof : proofs) {
        array.push_back(to_json(proof));
    }
    picojson::object object;
    object["proofs"] = picojson::value(array);
    print_document(picojson::value(object));
}

int selftest(bool json) {
    const auto& interrupted = watch_for_interrupt();
    selftest::SelftestOptions options;
    if (!json) {
        print_header();
        options.on_proof = print_proof;
    }
    const auto proofs = selftest::run_selftest(options, interrupted);
    if (!proofs) {
        return report_error(proofs.error());
    }
    if (json) {
        print_json(*proofs);
    }
    const bool all =
        std::all_of(proofs->begin(), proofs->end(), [](const Proof& proof) { return proof.pass; });
    return all ? kDone : kSomethingFailed;
}

}  // namespace

void add_selftest(CLI::App& app, Action& action) {
    auto* command = app.add_subcommand("selftest", "Prove the load generator's accuracy here");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "Print JSON");
    command->callback([&action, json] { action = [json] { return selftest(*json); }; });
}

}  // namespace benchhost::cli
