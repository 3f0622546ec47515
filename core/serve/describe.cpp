#include "core/serve/describe.hpp"

#include "core/base/printable.hpp"
#include "core/base/unique_fd.hpp"
#include "core/host/plugin_library.hpp"
#include "core/host/server_instance.hpp"
#include "core/host/shadowed_symbols.hpp"
#include "core/host/validation.hpp"
#include "core/plugin/description_json.hpp"
#include "core/process/log_tail.hpp"
#include "core/serve/execute.hpp"

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <sstream>

namespace benchhost {
namespace {

constexpr int kRefused = 1;
constexpr std::size_t kMostShadowed = 100;

std::string clean(const char* text) { return text != nullptr ? printable(text) : ""; }

const char* type_name(std::uint32_t type) {
    switch (type) {
        case BH_OPTION_NUMBER:
            return "number";
        case BH_OPTION_YES_NO:
            return "yes-no";
        case BH_OPTION_CHOICE:
            return "choice";
        case BH_OPTION_PREFIX:
            return "prefix";
        default:
            return "text";
    }
}

plugin::OptionDescription describe_option(const bh_option& option) {
    plugin::OptionDescription description;
    description.key = clean(option.key);
    description.type = type_name(option.type);
    description.help = clean(option.help);
    if (option.default_value != nullptr) {
        description.default_value = clean(option.default_value);
    }
    std::istringstream choices(clean(option.choices));
    for (std::string choice; std::getline(choices, choice, '|');) {
        description.choices.push_back(choice);
    }
    return description;
}

// A plugin of the first release ends before this member.
std::optional<std::string> declared_class_of(const bh_server& server) {
    constexpr std::size_t kCovers =
        offsetof(bh_server, declared_class) + sizeof(bh_server::declared_class);
    return server.size >= kCovers && server.declared_class != nullptr
               ? std::optional(clean(server.declared_class))
               : std::nullopt;
}

// What a plugin prints while it is loaded must not get into the answer.
class AnswerOutput {
  public:
    AnswerOutput() : output_(::dup(STDOUT_FILENO)) { ::dup2(STDERR_FILENO, STDOUT_FILENO); }
    void restore() const { ::dup2(output_.get(), STDOUT_FILENO); }
    void print(const std::string& answer) const {
        std::fflush(stdout);
        restore();
        std::fwrite(answer.data(), 1, answer.size(), stdout);
        std::fputc('\n', stdout);
        std::fflush(stdout);
    }

  private:
    UniqueFd output_;
};

int refuse(const AnswerOutput& output, const Error& error, bool loaded = false) {
    output.print(plugin::encode(plugin::Refusal{printable(error.message), loaded}));
    return kRefused;
}

/// A program that is not there is a server that is not available, not a broken plugin.
int not_available(const AnswerOutput& output, const Error& error) {
    output.restore();
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return kRefused;
}

Result<std::optional<host::Program>> probe_program(const bh_server& server,
                                                   const plugin::Options& options,
                                                   const host::HostServices& services) {
    const auto checked = plugin::check_options(describe_server(server), options);
    if (!checked) {
        return checked.error();
    }
    auto instance = host::ServerInstance::create(server, services);
    if (!instance) {
        return instance.error();
    }
    if (auto configured = instance->configure(*checked, {}); !configured) {
        return configured.error();
    }
    return instance->probe_program();
}

}  // namespace

plugin::ServerDescription describe_server(const bh_server& server) {
    plugin::ServerDescription description;
    description.id = clean(server.id);
    description.name = clean(server.name);
    if (server.version != nullptr) {
        description.version = clean(server.version);
    }
    description.language = clean(server.language);
    description.concurrency = clean(server.concurrency);
    description.url = clean(server.url);
    description.declared_class = declared_class_of(server);
    description.is_command = (server.caps & BH_CAP_COMMAND) != 0;
    description.needs_settings = (server.caps & BH_CAP_NEEDS_SETTINGS) != 0;
    for (const auto route : kAll<model::Route>) {
        if (host::offers(server, route)) {
            description.routes.push_back(route);
        }
    }
    for (std::uint32_t i = 0; i < server.option_count; ++i) {
        description.options.push_back(describe_option(*server.options[i]));
    }
    return description;
}

int run_describe(const std::filesystem::path& plugin) {
    const AnswerOutput output;
    const auto before = host::loaded_objects();
    const auto library = host::PluginLibrary::open(plugin);
    if (!library) {
        return refuse(output, library.error());
    }
    if (const auto checked = host::validate(library->plugin()); !checked) {
        return refuse(output, checked.error(), true);
    }
    plugin::PluginDescription description;
    description.path = plugin;
    description.abi = library->plugin().abi;
    for (const bh_server* server : library->servers()) {
        description.servers.push_back(describe_server(*server));
    }
    for (const auto& symbol : host::shadowed_symbols(before)) {
        if (description.shadowed.size() < kMostShadowed || symbol.name == "malloc") {
            description.shadowed.push_back(
                {printable(symbol.name), printable(symbol.own), printable(symbol.used)});
        }
    }
    output.print(plugin::encode(description));
    return 0;
}

int run_probe(const std::filesystem::path& plugin, const std::string& server_id,
              const plugin::Options& options) {
    const AnswerOutput output;
    const auto library = host::PluginLibrary::load(plugin);
    if (!library) {
        return refuse(output, library.error());
    }
    const auto server = library->find(server_id);
    if (!server) {
        return refuse(output, server.error());
    }
    const host::HostServices services([](std::uint16_t) {});
    const auto program = probe_program(**server, options, services);
    if (!program && program.error().code == ErrorCode::environment) {
        return not_available(output, program.error());
    }
    if (!program) {
        return refuse(output, program.error(), true);
    }
    if (!*program) {
        output.print(plugin::encode_available(describe_server(**server).version));
        return 0;
    }
    output.restore();
    return not_available(output, execute(**program, ""));
}

}  // namespace benchhost
