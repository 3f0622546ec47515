#include <benchhost/plugin.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace sdk = benchhost::sdk;

namespace {

/// What the last Server was given; one test at a time uses it.
struct Seen {
    std::vector<std::string> log;
    std::uint16_t port = 0;
    sdk::Settings settings;
    std::vector<sdk::Route> routes;
    sdk::Endpoint endpoint;
};

class Server {
  public:
    static constexpr sdk::Description kDescription = {
        .id = "one",
        .name = "The first",
        .version = "1.2",
        .caps = BH_CAP_THREADS,
        .route_kinds = sdk::kEveryRoute | sdk::route_kinds({BH_ROUTE_COMPRESSED})};
    static constexpr bh_option kOptions[] = {
        sdk::number_option("backlog", "511", "pending connections"),
        sdk::text_option("needed", nullptr, "has no default"),
        sdk::yes_no_option("log", "no", "whether to log"),
        sdk::choice_option("mode", "fast|slow", "fast", "how")};

    explicit Server(sdk::Host host) : seen_(static_cast<Seen*>(host.get()->ctx)), host_(host) {}
    void configure(const sdk::Settings& settings, const std::vector<sdk::Route>& routes) {
        seen_->settings = settings;
        seen_->routes = routes;
        if (settings.yes("log")) {
            throw std::runtime_error("no room for a log");
        }
    }
    void serve(const sdk::Endpoint& endpoint, const sdk::Ready& ready) {
        seen_->endpoint = endpoint;
        ready(4711);
        host_.warning("about to fail");
        throw 42;  // NOLINT: no std::exception, on purpose
    }
    void stop() { host_.info("stopped"); }

  private:
    Seen* seen_;
    sdk::Host host_;
};

class Refusing {
  public:
    static constexpr sdk::Description kDescription = {.id = "two", .name = "The second"};
    Refusing() { throw std::runtime_error("not today"); }
    void configure(const sdk::Settings& /*settings*/, const std::vector<sdk::Route>& /*routes*/) {}
    void serve(const sdk::Endpoint& /*endpoint*/, const sdk::Ready& /*ready*/) {}
    void stop() {}
};

}  // namespace

BENCHHOST_PLUGIN(sdk::server<Server>, sdk::server<Refusing>)

namespace {

class Sdk : public testing::Test {
  protected:
    static void log(const bh_host* host, bh_log_level /*level*/, const char* line) {
        static_cast<Seen*>(host->ctx)->log.emplace_back(line);
    }
    static void ready(const bh_host* host, std::uint16_t port) {
        static_cast<Seen*>(host->ctx)->port = port;
    }
    template <class Struct>
    static std::vector<const Struct*> pointers_to(const std::vector<Struct>& structs) {
        std::vector<const Struct*> pointers(structs.size());
        std::transform(structs.begin(), structs.end(), pointers.begin(),
                       [](const Struct& one) { return &one; });
        return pointers;
    }
    int configure(void* self, const std::vector<bh_setting>& settings,
                  const std::vector<bh_route>& routes) {
        const auto setting_pointers = pointers_to(settings);
        const auto route_pointers = pointers_to(routes);
        return server_.configure(
            self, setting_pointers.data(), static_cast<std::uint32_t>(setting_pointers.size()),
            route_pointers.data(), static_cast<std::uint32_t>(route_pointers.size()));
    }

    Seen seen_;
    bh_host host_{sizeof(bh_host), BH_ABI, &seen_, &log, &ready, nullptr};
    const bh_server& server_ = *benchhost_plugin(BH_ABI)->servers[0];
};

TEST_F(Sdk, DescribesItsServers) {
    const bh_plugin* plugin = benchhost_plugin(BH_ABI);
    ASSERT_NE(plugin, nullptr);
    EXPECT_EQ(plugin->abi, BH_ABI);
    ASSERT_EQ(plugin->server_count, 2U);
    EXPECT_STREQ(plugin->servers[0]->id, "one");
    EXPECT_STREQ(plugin->servers[0]->language, "C++");
    EXPECT_EQ(plugin->servers[0]->caps, BH_CAP_THREADS + 0U);
    ASSERT_EQ(plugin->servers[0]->option_count, 4U);
    EXPECT_STREQ(plugin->servers[0]->options[0]->default_value, "511");
    EXPECT_EQ(plugin->servers[1]->option_count, 0U);
    EXPECT_EQ(plugin->servers[0]->route_kinds, 0b11'1111'1111U);
    EXPECT_EQ(plugin->servers[1]->route_kinds, 0U);
    EXPECT_EQ(benchhost_plugin(BH_ABI + 1), nullptr);
}

TEST_F(Sdk, GivesWhatTheUserSetElseTheDefault) {
    void* self = server_.create(&host_);
    ASSERT_NE(self, nullptr);
    EXPECT_EQ(configure(self, {{sizeof(bh_setting), "backlog", "7"}}, {}), BH_OK);
    EXPECT_EQ(seen_.settings.number("backlog"), 7U);
    EXPECT_EQ(seen_.settings.text("mode"), "fast");
    EXPECT_FALSE(seen_.settings.has("needed"));
    EXPECT_THROW(seen_.settings.text("needed"), std::invalid_argument);
    EXPECT_THROW(seen_.settings.number("mode"), std::invalid_argument);
    EXPECT_THROW(seen_.settings.number("backlog", 8), std::invalid_argument);
    EXPECT_THROW(seen_.settings.number("backlog", 0, 6), std::invalid_argument);
    server_.destroy(self);
}

TEST(RouteKinds, AreABitEach) {
    EXPECT_EQ(sdk::route_kinds({}), 0U);
    EXPECT_EQ(sdk::route_kinds({BH_ROUTE_TEXT, BH_ROUTE_ECHO}), 0b1'0001U);
    EXPECT_EQ(sdk::kUsualRoutes, 0b1111U);
    EXPECT_EQ(sdk::kEveryRoute, 0b1'1111'1111U);
}

TEST_F(Sdk, CopiesRoutesAndSkipsUnknownKinds) {
    void* self = server_.create(&host_);
    const std::string body("a\0b", 3);
    EXPECT_EQ(
        configure(
            self, {},
            {{sizeof(bh_route), 77, "/new", nullptr, nullptr, 0, nullptr},
             {sizeof(bh_route), BH_ROUTE_TEXT, "/text", "text/plain", body.data(), body.size(),
              nullptr},
             {sizeof(bh_route), BH_ROUTE_FILE, "/file", "x/y", nullptr, 9, "/a"},
             {sizeof(bh_route), BH_ROUTE_COMPRESSED + 1, "/newer", "x/y", "b", 1, nullptr},
             {sizeof(bh_route), BH_ROUTE_ECHO, "/echo", "x/y", nullptr, 0, nullptr},
             {sizeof(bh_route), BH_ROUTE_COMPRESSED, "/compressed", "x/y", "[]", 2, nullptr}}),
        BH_OK);
    ASSERT_EQ(seen_.routes.size(), 4U);
    EXPECT_EQ(seen_.routes[0].body, body);
    EXPECT_EQ(seen_.routes[1].body, "");
    EXPECT_EQ(seen_.routes[1].file, "/a");
    EXPECT_EQ(seen_.routes[2].kind, BH_ROUTE_ECHO);
    EXPECT_EQ(seen_.routes[2].body, "");
    EXPECT_EQ(seen_.routes[3].kind, BH_ROUTE_COMPRESSED);
    EXPECT_EQ(seen_.routes[3].body, "[]");
    server_.destroy(self);
}

TEST_F(Sdk, ReadsNoFurtherThanTheHostsStructGoes) {
    void* self = server_.create(&host_);
    ASSERT_EQ(configure(self, {}, {}), BH_OK);
    bh_endpoint endpoint{static_cast<std::uint32_t>(offsetof(bh_endpoint, listen_fd)), "::1", 80, 3,
                         99};
    server_.serve(self, &endpoint);
    EXPECT_EQ(seen_.endpoint.threads, 3U);
    EXPECT_EQ(seen_.endpoint.listen_fd, -1);
    endpoint.size = sizeof endpoint;
    server_.serve(self, &endpoint);
    EXPECT_EQ(seen_.endpoint.listen_fd, 99);
    EXPECT_EQ(seen_.port, 4711);
    server_.destroy(self);
}

TEST_F(Sdk, TurnsExceptionsIntoLogLines) {
    void* self = server_.create(&host_);
    EXPECT_EQ(configure(self, {{sizeof(bh_setting), "log", "yes"}}, {}), BH_FAILED);
    const bh_endpoint endpoint{sizeof(bh_endpoint), "127.0.0.1", 0, 1, -1};
    EXPECT_EQ(server_.serve(self, &endpoint), BH_FAILED);
    server_.stop(self);
    server_.destroy(self);
    EXPECT_THAT(seen_.log,
                testing::ElementsAre("no room for a log", "about to fail",
                                     "an exception that is no std::exception", "stopped"));
}

TEST_F(Sdk, AFailedConstructorIsNoServer) {
    EXPECT_EQ(benchhost_plugin(BH_ABI)->servers[1]->create(&host_), nullptr);
    EXPECT_THAT(seen_.log, testing::ElementsAre("not today"));
}

}  // namespace
