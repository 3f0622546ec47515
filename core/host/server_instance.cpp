#include "core/host/server_instance.hpp"

#include "core/host/guarded_call.hpp"

#include <fmt/format.h>

#include <cstddef>

namespace benchhost::host {
namespace {

// The sizes of the extension as it was first published.
constexpr std::size_t kLeastCommand = offsetof(bh_command, probe) + sizeof(bh_command::probe);
constexpr std::size_t kLeastProgram =
    offsetof(bh_program, working_directory) + sizeof(bh_program::working_directory);
constexpr std::size_t kProgramWithSockets =
    offsetof(bh_program, inherited_fd) + sizeof(bh_program::inherited_fd);

bh_route_kind kind_of(model::RouteForm form) {
    switch (form) {
        case model::RouteForm::as_it_is:
            return BH_ROUTE_TEXT;
        case model::RouteForm::serialised:
            return BH_ROUTE_JSON;
        case model::RouteForm::from_file:
            return BH_ROUTE_FILE;
        case model::RouteForm::uncompared:
            return BH_ROUTE_ABOUT;
        case model::RouteForm::echo:
            return BH_ROUTE_ECHO;
        case model::RouteForm::upload:
            return BH_ROUTE_UPLOAD;
        case model::RouteForm::sum:
            return BH_ROUTE_SUM;
        case model::RouteForm::wait:
            return BH_ROUTE_WAIT;
        case model::RouteForm::items:
            return BH_ROUTE_ITEMS;
        case model::RouteForm::compressed:
            return BH_ROUTE_COMPRESSED;
    }
    return BH_ROUTE_ABOUT;
}

bool has_body(std::uint32_t kind) {
    return kind != BH_ROUTE_FILE && kind != BH_ROUTE_ECHO && kind != BH_ROUTE_UPLOAD &&
           kind != BH_ROUTE_SUM;
}

bh_route to_abi(const model::RouteContent& content) {
    bh_route converted{};
    converted.size = sizeof converted;
    converted.kind = static_cast<std::uint32_t>(kind_of(model::facts_of(content.route).form));
    converted.path = model::path_of(content.route);
    converted.content_type = content.content_type.c_str();
    if (converted.kind == BH_ROUTE_FILE) {
        converted.file = content.file.c_str();
    } else if (has_body(converted.kind)) {
        converted.body = content.body.c_str();
        converted.body_size = content.body.size();
    }
    return converted;
}

bh_endpoint to_abi(const Endpoint& endpoint) {
    bh_endpoint converted{};
    converted.size = sizeof converted;
    converted.address = endpoint.address.c_str();
    converted.port = endpoint.port;
    converted.threads = endpoint.threads;
    converted.listen_fd = -1;
    return converted;
}

// Structs that may grow are passed as arrays of pointers.
template <class T>
std::vector<const T*> pointers_to(const std::vector<T>& values) {
    std::vector<const T*> pointers;
    pointers.reserve(values.size());
    for (const auto& value : values) {
        pointers.push_back(&value);
    }
    return pointers;
}

std::vector<std::string> copy_list(const char* const* list) {
    std::vector<std::string> copies;
    for (; list != nullptr && *list != nullptr; ++list) {
        copies.emplace_back(*list);
    }
    return copies;
}

}  // namespace

bool offers(const bh_server& server, model::Route route) {
    // A plugin of an earlier release ends before this member.
    constexpr std::size_t kCovers =
        offsetof(bh_server, route_kinds) + sizeof(bh_server::route_kinds);
    const std::uint32_t kinds = server.size >= kCovers ? server.route_kinds : 0;
    const auto form = model::facts_of(route).form;
    return kinds == 0 ? model::is_usual(form)
                      : (kinds & (1U << static_cast<unsigned>(kind_of(form)))) != 0;
}

Result<ServerInstance> ServerInstance::create(const bh_server& server,
                                              const HostServices& services) {
    void* self = nullptr;
    if (auto called = guarded("create", [&] { self = server.create(services.table()); }); !called) {
        return called.error();
    }
    ServerInstance instance(server, services, self);
    if (self == nullptr) {
        return instance.failed("create", "returned NULL");
    }
    return instance;
}

ServerInstance::ServerInstance(ServerInstance&& other) noexcept
    : server_(other.server_),
      services_(other.services_),
      self_(std::exchange(other.self_, nullptr)) {}

ServerInstance::~ServerInstance() {
    if (self_ == nullptr) {
        return;
    }
    if (const auto destroyed = guarded("destroy", [&] { server_->destroy(self_); }); !destroyed) {
        services_->table()->log(services_->table(), BH_LOG_ERROR,
                                destroyed.error().message.c_str());
    }
}

Error ServerInstance::failed(const std::string& function, const std::string& how) const {
    const auto reason = services_->last_error();
    return {ErrorCode::server,
            fmt::format("{} {}{}", function, how, reason.empty() ? "" : ": " + reason)};
}

Status ServerInstance::configure(const std::vector<std::pair<std::string, std::string>>& settings,
                                 const std::vector<model::RouteContent>& routes) {
    std::vector<bh_setting> abi_settings;
    for (const auto& [key, value] : settings) {
        abi_settings.push_back({sizeof(bh_setting), key.c_str(), value.c_str()});
    }
    std::vector<bh_route> abi_routes;
    for (const auto& route : routes) {
        if (offers(*server_, route.route)) {
            abi_routes.push_back(to_abi(route));
        }
    }
    const auto setting_list = pointers_to(abi_settings);
    const auto route_list = pointers_to(abi_routes);
    int result = BH_FAILED;
    auto called = guarded("configure", [&] {
        result = server_->configure(
            self_, setting_list.data(), static_cast<std::uint32_t>(setting_list.size()),
            route_list.data(), static_cast<std::uint32_t>(route_list.size()));
    });
    if (called && result != BH_OK) {
        return failed("configure", "failed");
    }
    return called;
}

Status ServerInstance::serve(const Endpoint& endpoint, const std::atomic<bool>& stop_was_asked) {
    const auto abi_endpoint = to_abi(endpoint);
    int result = BH_FAILED;
    auto called = guarded("serve", [&] { result = server_->serve(self_, &abi_endpoint); });
    if (!called) {
        return called;
    }
    if (!stop_was_asked) {
        return failed("serve", fmt::format("returned {} {} without being asked to stop",
                                           result == BH_OK ? "BH_OK" : "BH_FAILED",
                                           services_->was_ready() ? "after it was ready"
                                                                  : "before it was ready"));
    }
    return result == BH_OK ? Status{} : failed("serve", "failed after it was asked to stop");
}

void ServerInstance::stop() const {
    if (const auto called = guarded("stop", [&] { server_->stop(self_); }); !called) {
        services_->table()->log(services_->table(), BH_LOG_ERROR, called.error().message.c_str());
    }
}

Result<const bh_command*> ServerInstance::command() const {
    const void* found = nullptr;
    if (auto called =
            guarded("extension", [&] { found = server_->extension(self_, BH_EXTENSION_COMMAND); });
        !called) {
        return called.error();
    }
    const auto* command = static_cast<const bh_command*>(found);
    if (command == nullptr || command->size < kLeastCommand || command->program == nullptr) {
        return Error{ErrorCode::server,
                     "has BH_CAP_COMMAND, but no usable extension " BH_EXTENSION_COMMAND};
    }
    return command;
}

Result<Program> ServerInstance::copy_program(const bh_program* program,
                                             const std::string& function) const {
    if (program == nullptr) {
        // The way to say that it cannot be run: what the plugin has logged is the whole reason.
        const auto reason = services_->last_error();
        return reason.empty() ? failed(function, "returned NULL")
                              : Error{ErrorCode::environment, reason};
    }
    if (program->size < kLeastProgram || program->argv == nullptr || program->argv[0] == nullptr) {
        return failed(function, "gave a program without argv");
    }
    Program copy;
    copy.argv = copy_list(program->argv);
    copy.environment = copy_list(program->environment);
    copy.working_directory =
        program->working_directory != nullptr ? program->working_directory : "";
    if (program->size >= kProgramWithSockets) {
        copy.unix_socket = program->unix_socket != nullptr ? program->unix_socket : "";
        copy.inherited_fd = program->inherited_fd;
    }
    return copy;
}

Result<Program> ServerInstance::program(const Endpoint& endpoint, const std::string& directory) {
    const auto extension = command();
    if (!extension) {
        return extension.error();
    }
    const auto abi_endpoint = to_abi(endpoint);
    const bh_program* program = nullptr;
    if (auto called = guarded(
            "program",
            [&] { program = (*extension)->program(self_, &abi_endpoint, directory.c_str()); });
        !called) {
        return called.error();
    }
    return copy_program(program, "program");
}

Result<std::optional<Program>> ServerInstance::probe_program() {
    if (!is_command()) {
        return std::optional<Program>();
    }
    const auto extension = command();
    if (!extension) {
        return extension.error();
    }
    if ((*extension)->probe == nullptr) {
        return std::optional<Program>();
    }
    const bh_program* program = nullptr;
    if (auto called = guarded("probe", [&] { program = (*extension)->probe(self_); }); !called) {
        return called.error();
    }
    auto copy = copy_program(program, "probe");
    return copy ? Result<std::optional<Program>>(std::move(*copy)) : copy.error();
}

}  // namespace benchhost::host
