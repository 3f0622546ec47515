// benchhost-serve: the process in which a server under test lives, apart from the load generator.
#include "core/base/clean_start.hpp"
#include "core/machine/user.hpp"
#include "core/process/become.hpp"
#include "core/process/contained_run.hpp"
#include "core/process/spawn.hpp"
#include "core/process/supervisor.hpp"
#include "core/serve/by_hand.hpp"
#include "core/serve/describe.hpp"
#include "core/serve/environment.hpp"
#include "core/serve/server_role.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace benchhost;

constexpr int kNotRun = 1;

plugin::Options split_options(const std::vector<std::string>& texts) {
    plugin::Options options;
    for (const auto& text : texts) {
        const auto equals = text.find('=');
        options.emplace_back(text.substr(0, equals),
                             equals == std::string::npos ? "" : text.substr(equals + 1));
    }
    return options;
}

// The user as whom a plugin's code is to run, if one was named, who has to be able to read it.
Status become_user(const ByHand& wish) {
    if (!wish.user) {
        return {};
    }
    const auto user = machine::user_to_become(*wish.user);
    if (!user) {
        return user.error();
    }
    const auto became = process::become(*user);
    return became ? process::may_read(wish.plugin, *user) : became;
}

int run_contained_as(const ByHand& wish, const std::function<int()>& work) {
    return process::run_contained([&] {
        if (const auto became = become_user(wish); !became) {
            fmt::print(stderr, "benchhost-serve: {}\n", became.error().message);
            return kNotRun;
        }
        return work();
    });
}

int run(int argc, char** argv) {
    if (argc == 2 && std::string(argv[1]) == "--supervise") {
        return process::supervise(UniqueFd(process::kChannelDescriptor), play_server);
    }
    CLI::App app{"Runs one HTTP server from a benchhost plugin, as in a measured run."};
    ByHand wish;
    bool describe = false;
    bool probe = false;
    std::vector<std::string> options;
    app.add_option("PLUGIN", wish.plugin, "the plugin's .so")->required();
    app.add_flag("--describe", describe, "print what the plugin offers, as JSON");
    app.add_flag("--probe", probe, "tell whether the server can run on this machine");
    app.add_option("--server", wish.server, "id of the server; needed when there are several");
    app.add_option("--address", wish.address, "where to listen")->capture_default_str();
    app.add_option("--port", wish.port, "0: a free one")->capture_default_str();
    app.add_option("--threads", wish.threads, "threads that work on requests")
        ->capture_default_str();
    app.add_option("--option", options, "KEY=VALUE, an option of the server; may be repeated")
        ->allow_extra_args(false);
    app.add_option("--file", wish.file, "what /file serves");
    app.add_option_function<std::string>(
        "--user", [&wish](const std::string& name) { wish.user = name; },
        "as whom the plugin's code runs; needs root");
    CLI11_PARSE(app, argc, argv);
    wish.options = split_options(options);
    if (describe) {
        return run_contained_as(wish, [&] { return run_describe(wish.plugin); });
    }
    if (probe) {
        return run_contained_as(wish,
                                [&] { return run_probe(wish.plugin, wish.server, wish.options); });
    }
    return run_by_hand(wish);
}

}  // namespace

int main(int argc, char** argv) {
    clean_start();
    keep_common_environment();
    try {
        return run(argc, argv);
    } catch (const std::exception& bug) {
        fmt::print(stderr, "benchhost-serve: internal error: {}\n", bug.what());
        return 4;
    }
}
