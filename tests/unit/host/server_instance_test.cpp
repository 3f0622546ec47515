#include "core/host/server_instance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace benchhost::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// What the plugin below was told and does; reached through its self pointer.
struct Record {
    const bh_host* host = nullptr;
    std::vector<std::string> calls;
    int configure_result = BH_OK;
    int serve_result = BH_OK;
    bool throws = false;
    std::vector<const char*> argv;
    std::vector<const char*> environment;
    bh_program program{};
};

// The C interface passes nothing to create but the host; its context finds the record.
thread_local Record* created = nullptr;

Record& record_of(void* self) { return *static_cast<Record*>(self); }

void* create(const bh_host* host) {
    if (created != nullptr) {
        created->host = host;
    } else {
        host->log(host, BH_LOG_ERROR, "out of luck");
    }
    return created;
}

int configure(void* self, const bh_setting* const* settings, std::uint32_t setting_count,
              const bh_route* const* routes, std::uint32_t route_count) {
    auto& record = record_of(self);
    for (std::uint32_t i = 0; i < setting_count; ++i) {
        record.calls.push_back(std::string(settings[i]->key) + "=" + settings[i]->value);
    }
    for (std::uint32_t i = 0; i < route_count; ++i) {
        const auto& route = *routes[i];
        record.calls.push_back(
            std::to_string(route.kind) + " " + route.path + " " + route.content_type + " " +
            (route.body != nullptr ? std::string(route.body, route.body_size) : route.file));
    }
    if (record.throws) {
        throw std::runtime_error("not today");
    }
    return record.configure_result;
}

int serve(void* self, const bh_endpoint* endpoint) {
    auto& record = record_of(self);
    record.calls.push_back(
        std::string("serve ") + endpoint->address + " " + std::to_string(endpoint->port) + " " +
        std::to_string(endpoint->threads) + " " + std::to_string(endpoint->listen_fd));
    record.host->ready(record.host, 1234);
    record.host->ready(record.host, 4321);
    return record.serve_result;
}

void stop(void* self) { record_of(self).calls.emplace_back("stop"); }
void destroy(void* self) { record_of(self).calls.emplace_back("destroy"); }

const bh_program* program(void* self, const bh_endpoint* /*endpoint*/, const char* /*folder*/) {
    auto& record = record_of(self);
    record.program.size = sizeof record.program;
    record.program.argv = record.argv.empty() ? nullptr : record.argv.data();
    record.program.environment = record.environment.empty() ? nullptr : record.environment.data();
    return &record.program;
}

const bh_command kCommand{sizeof(bh_command), program, nullptr};

const void* extension(void* /*self*/, const char* id) {
    return std::strcmp(id, BH_EXTENSION_COMMAND) == 0 ? &kCommand : nullptr;
}

bh_server make_server() {
    return {sizeof(bh_server), 0, "x",    "X",       "1",   "C++", "one",   "url",
            nullptr,           0, create, configure, serve, stop,  destroy, extension,
            nullptr,           0};
}

class ServerInstanceTest : public ::testing::Test {
  protected:
    ServerInstanceTest() { created = &record_; }
    ~ServerInstanceTest() override { created = nullptr; }
    Record record_;
    bh_server server_ = make_server();
    std::vector<std::uint16_t> ports_;
    HostServices services_{[this](std::uint16_t port) { ports_.push_back(port); }};
    std::atomic<bool> asked_{false};
};

TEST_F(ServerInstanceTest, GoesThroughItsLifeInOrder) {
    asked_ = true;
    {
        auto instance = ServerInstance::create(server_, services_);
        ASSERT_TRUE(instance);
        ASSERT_TRUE(
            instance->configure({{"k", "v"}}, {{model::Route::text, "text/plain", "Hi", ""},
                                               {model::Route::json, "app/json", "{}", ""},
                                               {model::Route::file, "app/bin", "", "/f"},
                                               {model::Route::about, "text/plain", "us", ""}}));
        ASSERT_TRUE(instance->serve({"127.0.0.1", 80, 2}, asked_));
        instance->stop();
        const ServerInstance moved(std::move(*instance));
    }
    EXPECT_THAT(record_.calls, ElementsAre("k=v", "0 /text text/plain Hi", "1 /json app/json {}",
                                           "2 /file app/bin /f", "3 /about text/plain us",
                                           "serve 127.0.0.1 80 2 -1", "stop", "destroy"));
    EXPECT_THAT(ports_, ElementsAre(1234));  // only the first word counts
    EXPECT_TRUE(services_.was_ready());
}

TEST_F(ServerInstanceTest, AFailedCreateDestroysNothing) {
    created = nullptr;
    const auto instance = ServerInstance::create(server_, services_);
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.error().message, "create returned NULL: out of luck");
    EXPECT_TRUE(record_.calls.empty());
}

TEST_F(ServerInstanceTest, FailuresCarryTheReason) {
    auto instance = ServerInstance::create(server_, services_);
    ASSERT_TRUE(instance);
    record_.configure_result = BH_FAILED;
    EXPECT_EQ(instance->configure({}, {}).error().message, "configure failed");
    record_.throws = true;
    EXPECT_EQ(instance->configure({}, {}).error().message,
              "configure threw an exception across the plugin border: not today");
    EXPECT_THAT(instance->serve({"::1", 0, 1}, asked_).error().message,
                HasSubstr("without being asked to stop"));
    asked_ = true;
    record_.serve_result = BH_FAILED;
    EXPECT_THAT(instance->serve({"::1", 0, 1}, asked_).error().message,
                HasSubstr("failed after it was asked to stop"));
}

TEST_F(ServerInstanceTest, CopiesTheProgramOfACommand) {
    server_.caps = BH_CAP_COMMAND;
    auto instance = ServerInstance::create(server_, services_);
    ASSERT_TRUE(instance);
    EXPECT_TRUE(instance->is_command());
    EXPECT_EQ(instance->program({"::1", 1, 1}, "").error().message,
              "program gave a program without argv");
    record_.argv = {"nginx", "-c", "conf", nullptr};
    record_.environment = {"A=1", nullptr};
    const auto copy = instance->program({"::1", 1, 1}, "");
    ASSERT_TRUE(copy);
    EXPECT_THAT(copy->argv, ElementsAre("nginx", "-c", "conf"));
    EXPECT_THAT(copy->environment, ElementsAre("A=1"));
    EXPECT_EQ(copy->working_directory, "");
    const auto probe = instance->probe_program();
    ASSERT_TRUE(probe);
    EXPECT_FALSE(probe->has_value());
}

}  // namespace
}  // namespace benchhost::host
