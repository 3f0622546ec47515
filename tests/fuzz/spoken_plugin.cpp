#include "tests/fuzz/spoken_plugin.hpp"

namespace benchhost::fuzz {
namespace {

void* made(const bh_host* /*host*/) { return nullptr; }
int configured(void* /*self*/, const bh_setting* const* /*settings*/, std::uint32_t /*count*/,
               const bh_route* const* /*routes*/, std::uint32_t /*route_count*/) {
    return BH_OK;
}
int served(void* /*self*/, const bh_endpoint* /*endpoint*/) { return BH_OK; }
void ended(void* /*self*/) {}
const void* extended(void* /*self*/, const char* /*id*/) { return nullptr; }

}  // namespace

SpokenPlugin::SpokenPlugin(std::string_view bytes) : bytes_(bytes) {
    constexpr unsigned kMostServers = 4;
    constexpr std::uint32_t kTooMany = 1U << 30U;
    plugin_.size = size_like(sizeof plugin_);
    plugin_.abi = byte() % 8 == 7 ? byte() : BH_ABI;
    const auto count = byte();
    for (unsigned i = 0; i < count % (kMostServers + 1); ++i) {
        server_list_.push_back(server());
    }
    plugin_.server_count =
        count == 255 ? kTooMany : static_cast<std::uint32_t>(server_list_.size());
    plugin_.servers = byte() % 16 == 15 ? nullptr : server_list_.data();
}

// What has ended goes on as zeros.
unsigned SpokenPlugin::byte() {
    if (bytes_.empty()) {
        return 0;
    }
    const auto first = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return first;
}

const char* SpokenPlugin::text() {
    constexpr unsigned kLongest = 8;
    const auto length = byte();
    if (length == 255) {
        return nullptr;
    }
    const auto taken = bytes_.substr(0, length % (kLongest + 1));
    bytes_.remove_prefix(taken.size());
    return texts_.emplace_back(taken).c_str();
}

std::uint32_t SpokenPlugin::size_like(std::size_t size) {
    const auto kind = byte();
    return static_cast<std::uint32_t>(kind == 255 ? byte() : kind == 254 ? size + 64 : size);
}

const bh_option* SpokenPlugin::option() {
    if (byte() == 255) {
        return nullptr;
    }
    auto& told = options_.emplace_back();
    told.size = size_like(sizeof told);
    told.type = byte() % 6;
    told.key = text();
    told.default_value = text();
    told.choices = text();
    told.help = text();
    return &told;
}

const bh_server* SpokenPlugin::server() {
    constexpr unsigned kMostOptions = 3;
    if (byte() == 255) {
        return nullptr;
    }
    auto& told = servers_.emplace_back();
    told.size = size_like(sizeof told);
    told.caps = byte();
    told.id = text();
    for (const auto member :
         {&bh_server::name, &bh_server::version, &bh_server::language, &bh_server::concurrency,
          &bh_server::url, &bh_server::declared_class}) {
        told.*member = text();
    }
    auto& list = option_lists_.emplace_back();
    const auto options = byte();
    for (unsigned i = 0; i < options % (kMostOptions + 1); ++i) {
        list.push_back(option());
    }
    told.option_count = static_cast<std::uint32_t>(list.size());
    told.options = options == 255 ? nullptr : list.data();
    const auto missing = byte();
    told.create = (missing & 1U) != 0 ? nullptr : made;
    told.configure = (missing & 2U) != 0 ? nullptr : configured;
    told.destroy = (missing & 4U) != 0 ? nullptr : ended;
    told.serve = (missing & 8U) != 0 ? nullptr : served;
    told.stop = (missing & 16U) != 0 ? nullptr : ended;
    told.extension = (missing & 32U) != 0 ? nullptr : extended;
    return &told;
}

}  // namespace benchhost::fuzz
