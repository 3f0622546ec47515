#include "core/host/validation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace benchhost::host {
namespace {

using ::testing::HasSubstr;

void* create_none(const bh_host* /*host*/) { return nullptr; }
int configure_none(void* /*self*/, const bh_setting* const* /*settings*/, std::uint32_t /*count*/,
                   const bh_route* const* /*routes*/, std::uint32_t /*route_count*/) {
    return BH_OK;
}
int serve_none(void* /*self*/, const bh_endpoint* /*endpoint*/) { return BH_OK; }
void nothing(void* /*self*/) {}
const void* extend_none(void* /*self*/, const char* /*id*/) { return nullptr; }

/// A plugin with one option that is right until a test changes it.
struct Sound {
    bh_option option{sizeof(bh_option), BH_OPTION_CHOICE, "engine", nullptr, "a|b", "help"};
    const bh_option* options[1] = {&option};
    bh_server server{sizeof(bh_server), 0,       "asio-2.0_x", "Asio",  nullptr,     "C++",
                     "one loop",        "url",   options,      1,       create_none, configure_none,
                     serve_none,        nothing, nothing,      nullptr, nullptr,     0};
    const bh_server* servers[1] = {&server};
    bh_plugin plugin{sizeof(bh_plugin), BH_ABI, 1, servers};
};

TEST(Validate, AcceptsWhatIsRight) {
    const Sound sound;
    EXPECT_TRUE(validate(sound.plugin));
}

TEST(Validate, AcceptsStructsThatHaveGrown) {
    Sound sound;
    sound.plugin.size += 64;
    sound.server.size += 64;
    sound.option.size += 64;
    sound.server.caps = 1U << 31U;  // a capability of a later benchhost
    EXPECT_TRUE(validate(sound.plugin));
}

TEST(Validate, ACommandNeedsItsExtensionAndNoServe) {
    Sound sound;
    sound.server.caps = BH_CAP_COMMAND;
    sound.server.serve = nullptr;
    sound.server.stop = nullptr;
    EXPECT_FALSE(validate(sound.plugin));
    sound.server.extension = extend_none;
    EXPECT_TRUE(validate(sound.plugin));
}

constexpr const char* kLongId = "a23456789b23456789c23456789d23456789e23456789f23456789g2345678965";

struct Flaw {
    const char* name;
    std::function<void(Sound&)> spoil;
    const char* reason;
};
class ValidateFlaw : public ::testing::TestWithParam<Flaw> {};

TEST_P(ValidateFlaw, IsNamed) {
    Sound sound;
    GetParam().spoil(sound);
    const auto checked = validate(sound.plugin);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::server);
    EXPECT_THAT(checked.error().message, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Validate, ValidateFlaw,
    ::testing::Values(
        Flaw{"Abi", [](Sound& s) { s.plugin.abi = 7; }, "built for plugin ABI 7"},
        Flaw{"PluginSize", [](Sound& s) { s.plugin.size = 8; }, "bh_plugin of 8 bytes"},
        Flaw{"NoServer", [](Sound& s) { s.plugin.server_count = 0; }, "offers no server"},
        Flaw{"NoServers", [](Sound& s) { s.plugin.servers = nullptr; }, "offers no server"},
        Flaw{"Crowd", [](Sound& s) { s.plugin.server_count = 1U << 30U; }, "1073741824 servers"},
        Flaw{"NullServer", [](Sound& s) { s.servers[0] = nullptr; }, "one of its servers is null"},
        Flaw{"ServerSize", [](Sound& s) { s.server.size = 16; }, "a server of 16 bytes"},
        Flaw{"NoId", [](Sound& s) { s.server.id = nullptr; }, "\"\" is no server id"},
        Flaw{"BadId", [](Sound& s) { s.server.id = "Asio"; }, "\"Asio\" is no server id"},
        Flaw{"LongId", [](Sound& s) { s.server.id = kLongId; }, "at most 64"},
        Flaw{"OptionCrowd", [](Sound& s) { s.server.option_count = 1U << 30U; },
             "1073741824 options"},
        Flaw{"PathId", [](Sound& s) { s.server.id = "../x"; }, "\"../x\" is no server id"},
        Flaw{"NoName", [](Sound& s) { s.server.name = nullptr; }, "asio-2.0_x lacks a name"},
        Flaw{"NoCreate", [](Sound& s) { s.server.create = nullptr; }, "has no function create"},
        Flaw{"NoConfigure", [](Sound& s) { s.server.configure = nullptr; }, "function configure"},
        Flaw{"NoServe", [](Sound& s) { s.server.serve = nullptr; }, "function serve"},
        Flaw{"NoStop", [](Sound& s) { s.server.stop = nullptr; }, "function stop"},
        Flaw{"NoDestroy", [](Sound& s) { s.server.destroy = nullptr; }, "function destroy"},
        Flaw{"NoOptions", [](Sound& s) { s.server.options = nullptr; }, "counts options"},
        Flaw{"NullOption", [](Sound& s) { s.options[0] = nullptr; }, "an option is null"},
        Flaw{"OptionSize", [](Sound& s) { s.option.size = 1; }, "of a wrong size"},
        Flaw{"OptionKey", [](Sound& s) { s.option.key = ""; }, "has no key"},
        Flaw{"OptionType", [](Sound& s) { s.option.type = 99; }, "unknown type 99"},
        Flaw{"OptionChoices", [](Sound& s) { s.option.choices = nullptr; }, "has no choices"}),
    [](const auto& flaw) { return flaw.param.name; });

}  // namespace
}  // namespace benchhost::host
