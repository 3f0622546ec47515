#include "native_plugin.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string_view>

namespace benchhost::test {
namespace {

/// What a library cannot do, told in docs/servers.md.
struct Limit {
    const char* id;
    const char* test;
    const char* why;
};
constexpr Limit kLimits[] = {
    {"httplib", "AnswersPipelinedRequestsInOrder", "loses requests that come before its answer"},
    {"httplib", "KeepsAnHttp10ConnectionWhenAskedTo", "closes after HTTP/1.0 always"},
    {"httplib", "RefusesOtherMethods", "its routes do not know of a path under another method"},
    {"civetweb", "RefusesWhatIsNoHttp", "closes without an answer"},
    {"h2o", "LeavesNoThreadAndNoDescriptor", "leaves one descriptor a loop open"},
    {"restinio", "RefusesWhatIsNoHttp", "closes without an answer"},
    {"pistache", "AnswersPipelinedRequestsInOrder", "loses requests that come before its answer"},
    {"pistache", "LeavesNoThreadAndNoDescriptor", "leaves its loops' event and timer descriptors"},
    {"pistache", "ClosesWhenAskedTo", "leaves closing to the client"},
    {"pistache", "ClosesAfterHttp10", "leaves closing to the client"},
};

}  // namespace

void PrintTo(const Native& native, std::ostream* out) { *out << native.id; }

std::filesystem::path library_of(const std::string& plugin) {
    return std::filesystem::path(BENCHHOST_BINARY_DIR) / "plugins" / (plugin + ".so");
}

void NativePlugin::SetUp() {
    if (!std::filesystem::exists(library_of(GetParam().library))) {
        GTEST_SKIP() << "not built: what it needs is not on this machine";
    }
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    for (const Limit& limit : kLimits) {
        if (limit.id == std::string_view(GetParam().id) &&
            test.substr(0, test.find('/')) == limit.test) {
            GTEST_SKIP() << limit.why;
        }
    }
    file_ = std::filesystem::path(testing::TempDir()) /
            ("native-plugin-" + std::to_string(::getpid()) + ".bin");
    for (int i = 0; i < 20'000; ++i) {
        content_ += static_cast<char>(i * 7);
    }
    std::ofstream(file_, std::ios::binary) << content_;
    plugin_ = std::make_unique<LoadedPlugin>(library_of(GetParam().library), GetParam().id);
}
void NativePlugin::TearDown() {
    plugin_.reset();
    std::filesystem::remove(file_);
}
std::vector<PluginRoute> NativePlugin::routes() const {
    return {{BH_ROUTE_TEXT, "/text", "text/plain", "Hello World!", ""},
            {BH_ROUTE_JSON, "/json", "application/json", kJson, ""},
            {BH_ROUTE_FILE, "/file", "application/octet-stream", "", file_.string()},
            {BH_ROUTE_ABOUT, "/about", "text/plain", "about", ""}};
}

INSTANTIATE_TEST_SUITE_P(
    All, NativePlugin,
    testing::Values(Native{"asio", "asio"}, Native{"beast", "beast"}, Native{"beast-coro", "beast"},
                    Native{"civetweb", "civetweb"}, Native{"epoll", "epoll"},
                    Native{"evhttp", "evhttp"}, Native{"h2o", "h2o"}, Native{"httplib", "httplib"},
                    Native{"microhttpd", "microhttpd"}, Native{"pistache", "pistache", 2},
                    Native{"poco", "poco"}, Native{"restinio", "restinio"}),
    [](const auto& about) {
        std::string name = about.param.id;
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    });

}  // namespace benchhost::test
