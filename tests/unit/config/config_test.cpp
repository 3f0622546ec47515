// What a right config means.
#include "core/config/config.hpp"

#include "tests/unit/config/config_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::config {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class ConfigTest : public ConfigFolder {};

TEST_F(ConfigTest, needs_one_profile_and_nothing_else) {
    const auto config = read("[profile.text]\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->name, "t");
    EXPECT_THAT(config->servers, ElementsAre("*"));
    EXPECT_EQ(config->repeats, 5U);
    EXPECT_EQ(config->seed, 1U);
    EXPECT_EQ(config->text, "[profile.text]\n");
    EXPECT_TRUE(config->limits.server_cpus.automatic);
    EXPECT_TRUE(config->limits.client_cpus.automatic);
    EXPECT_FALSE(config->limits.server.memory);
    EXPECT_EQ(config->limits.server.nofile, 999'999U);
    ASSERT_EQ(config->profiles.size(), 1U);
    const auto& profile = config->profiles[0];
    EXPECT_EQ(profile.name, "text");
    EXPECT_EQ(profile.where.line, 1U);
    EXPECT_EQ(profile.route, model::Route::text);
    EXPECT_EQ(std::get<model::ClosedLoop>(profile.load).connections, 64U);
    EXPECT_EQ(profile.duration, 10s);
    EXPECT_EQ(profile.warmup, 2s);
    EXPECT_EQ(profile.timeout, 2s);
    EXPECT_TRUE(profile.keep_alive);
    EXPECT_EQ(profile.pipeline, 1U);
    EXPECT_EQ(profile.verify, model::Verify::full);
    EXPECT_FALSE(profile.csv);
}

// Every section and most keys in one file, as a user would write it.
constexpr const char* kWhole = R"ini(# comments stand on lines of their own (# or ;)
[suite]
name    = text
# ids and globs, comma separated; !id leaves one out
servers = *
# rounds: each round runs every server once, in shuffled order
repeats = 5
seed    = 1

[payload]
text = Hello World!
json = {"test":true,"date":1557000000,"values":[1,2,3,4,5],"sub_attributes":{"attribute1":1,"attribute2":"True"}}
# a size (content is generated) or a path
file = 64KiB

# as many profiles as wanted
[profile.text]
# text | json | file | about
route       = text
# closed | users | rate | limit
load        = closed
connections = 64
duration    = 10s
warmup      = 2s
timeout     = 2s
# users: users= spawn_rate= think_time=5s..15s
# rate:  rate= arrivals=constant|poisson
# limit: start= step= step_duration= fail_above= slo_p99=   (raise the load until the server fails)
# any:   keep_alive=yes pipeline=1 stages= verify=full|length|status csv=NAME

[limits]
# auto: server and generator on disjoint cores
server_cpus = auto
client_cpus = auto
memory      = 1GiB
nofile      = 999999

# a server defined in config: any plugin with options
[server.nginx]
plugin = command
argv   = nginx -p {dir} -c {conf}

# already running, not started by us
[server.elsewhere]
url = http://192.0.2.7:8080
)ini";

TEST_F(ConfigTest, reads_a_whole_one) {
    const auto config = read(kWhole);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->name, "text");
    EXPECT_EQ(config->payload.body_of(model::Route::json),
              model::PayloadSpec().body_of(model::Route::json));
    EXPECT_EQ(config->payload.file_size, 65'536U);
    EXPECT_EQ(config->profiles.size(), 1U);
    EXPECT_EQ(config->limits.server.memory, std::uint64_t{1} << 30U);
    EXPECT_EQ(config->definitions.size(), 2U);
    EXPECT_EQ(config->text, kWhole);
}

TEST_F(ConfigTest, reads_the_suite) {
    const auto config = read(
        "[suite]\nname = My-suite_1.0\nservers = beast, python-*,!flask\n"
        "repeats = 11\ncalm = 0\nseed = 9223372036854775807\n[profile.a]\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->name, "My-suite_1.0");
    EXPECT_THAT(config->servers, ElementsAre("beast", "python-*", "!flask"));
    EXPECT_EQ(config->servers_where.line, 3U);
    EXPECT_EQ(config->repeats, 11U);
    EXPECT_EQ(config->calm, 0s);
    EXPECT_EQ(config->seed, 9'223'372'036'854'775'807U);
}

TEST_F(ConfigTest, is_named_after_its_file) {
    EXPECT_EQ(read_config(write("[profile.a]\n", "my suite (2).ini"))->name, "my-suite--2-");
    EXPECT_EQ(read_config(write("[profile.a]\n", "..ini"))->name, "suite");
}

TEST_F(ConfigTest, reads_the_payload) {
    const auto config = read(
        "[payload]\ntext = Grüße ${x}\njson = {\"a\":[1]}\nfile = 1MiB\n"
        "[profile.a]\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->payload.body_of(model::Route::text), "Grüße ${x}");
    EXPECT_EQ(config->payload.body_of(model::Route::json), "{\"a\":[1]}");
    EXPECT_EQ(config->payload.file_size, 1'048'576U);
    EXPECT_FALSE(config->payload.file_path);
}

TEST_F(ConfigTest, finds_a_payload_file_beside_itself) {
    write("content", "own.bin");
    const auto config = read("[payload]\nfile = own.bin\n[profile.a]\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->payload.file_path, folder_ / "own.bin");
}

TEST_F(ConfigTest, reads_the_limits) {
    const auto config = read(
        "[limits]\nserver_cpus = 0-2,5\nclient_cpus = none\nmemory = 1GiB\n"
        "nofile = 20000\n[profile.a]\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_FALSE(config->limits.server_cpus.automatic);
    EXPECT_THAT(config->limits.server_cpus.cpus, ElementsAre(0, 1, 2, 5));
    EXPECT_FALSE(config->limits.client_cpus.automatic);
    EXPECT_THAT(config->limits.client_cpus.cpus, IsEmpty());
    EXPECT_EQ(config->limits.server.memory, std::uint64_t{1} << 30U);
    EXPECT_EQ(config->limits.server.nofile, 20'000U);
    EXPECT_FALSE(read("[limits]\nmemory = none\n[profile.a]\n")->limits.server.memory);
}

TEST_F(ConfigTest, reads_as_whom_servers_run) {
    const auto config = read("[profile.a]\n[limits]\nuser = www-data\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->limits.user, "www-data");
    EXPECT_EQ(config->limits.user_where.line, 3U);
    EXPECT_FALSE(read("[profile.a]\n")->limits.user);
}

TEST_F(ConfigTest, reads_the_gate) {
    EXPECT_TRUE(read("[profile.p]\n")->gate.tolerances.empty());
    const auto config =
        read("[profile.p]\n[gate]\nrps = 10%\ncpu = 0.03\nalpha = 1%\nblocks = 12\n");
    ASSERT_TRUE(config) << config.error().message;
    ASSERT_EQ(config->gate.tolerances.size(), 2U);
    EXPECT_EQ(config->gate.tolerances[0].metric, model::GateMetric::cpu);
    EXPECT_EQ(config->gate.tolerances[0].share, 0.03);
    EXPECT_EQ(config->gate.tolerances[1].metric, model::GateMetric::rps);
    EXPECT_EQ(config->gate.alpha, 0.01);
    EXPECT_EQ(config->gate.blocks, 12U);
}

TEST_F(ConfigTest, reads_servers) {
    const auto config = read(
        "[profile.a]\n[server.nginx]\nplugin = command\n"
        "argv = nginx -p {dir} -c {conf}\nenv.LANG = C\nempty =\n"
        "[server.elsewhere]\nurl = http://192.0.2.7:8080\n"
        "[server.socket]\nurl = unix:/run/x.sock\n[server.beast]\n");
    ASSERT_TRUE(config) << config.error().message;
    ASSERT_EQ(config->definitions.size(), 4U);
    const auto& nginx = config->definitions[0];
    EXPECT_EQ(nginx.id, "nginx");
    EXPECT_EQ(nginx.plugin, "command");
    ASSERT_EQ(nginx.options.size(), 3U);
    EXPECT_EQ(nginx.options[0].key, "argv");
    EXPECT_EQ(nginx.options[0].value, "nginx -p {dir} -c {conf}");
    EXPECT_EQ(nginx.options[1].key, "env.LANG");
    EXPECT_EQ(nginx.options[1].where.line, 5U);
    EXPECT_EQ(nginx.options[2].value, "");
    EXPECT_EQ(config->definitions[1].url, "http://192.0.2.7:8080");
    EXPECT_EQ(config->definitions[2].url, "unix:/run/x.sock");
    EXPECT_FALSE(config->definitions[3].plugin);
    EXPECT_FALSE(config->definitions[3].url);
}

TEST_F(ConfigTest, reads_the_urls_that_load_reads) {
    for (const std::string url : {"http://[fe80::1%25eth0]:8080", "http://[fe80::1%eth0]/",
                                  "http://[::ffff:127.0.0.1]:8080", "http://127.0.0.1:/",
                                  "http://EXAMPLE.local./", "http://127.1:8080", "HTTP://host"}) {
        const auto config = read("[profile.a]\n[server.x]\nurl = " + url + "\n");
        ASSERT_TRUE(config) << config.error().message;
        EXPECT_EQ(config->definitions[0].url, url);
    }
}

TEST_F(ConfigTest, keeps_the_order_of_the_profiles) {
    const auto config = read("[profile.z]\n[profile.a]\n[profile.m]\n");
    ASSERT_TRUE(config);
    EXPECT_EQ(config->profiles[0].name, "z");
    EXPECT_EQ(config->profiles[1].name, "a");
    EXPECT_EQ(config->profiles[2].name, "m");
}

TEST(RouteNames, are_those_of_the_config_and_of_http) {
    EXPECT_STREQ(word_of(model::Route::json), "json");
    EXPECT_STREQ(model::path_of(model::Route::json), "/json");
    EXPECT_STREQ(word_of(model::Route::about), "about");
    EXPECT_STREQ(model::path_of(model::Route::text), "/text");
    EXPECT_STREQ(model::path_of(model::Route::file), "/file");
}

TEST_F(ConfigTest, takes_a_smaller_crowd_when_quick) {
    const auto config = read(
        "[profile.crowd]\nload = users\nusers = 4000\nspawn_rate = 100/s\nthink_time = 1s..2s\n");
    ASSERT_TRUE(config) << config.error().message;
    const auto look = quick(*config);
    const auto& crowd = std::get<model::VirtualUsers>(look.profiles[0].load);
    EXPECT_EQ(crowd.users, 800U);
    EXPECT_EQ(crowd.spawn_rate, 100);
}

TEST_F(ConfigTest, leaves_room_for_a_thread_per_connection) {
    const auto limit_of = [&](const std::string& text) {
        const auto config = read(text);
        EXPECT_TRUE(config) << config.error().message;
        return config ? process_limit(*config) : 0;
    };
    EXPECT_EQ(limit_of("[profile.closed]\n"), 4096U + 64U);
    EXPECT_EQ(limit_of("[profile.a]\nconnections = 512\n"
                       "[profile.b]\nload = users\nusers = 6000\nspawn_rate = 2000/s\n"),
              4096U + 6000U);
    EXPECT_EQ(limit_of("[profile.a]\nload = limit\nstart = 10\nmost = 9000\n"), 4096U + 9000U);
    // A search without an end opens as many as it can.
    EXPECT_EQ(limit_of("[profile.a]\nload = limit\nstart = 10\n"), 4096U + 65536U);
    EXPECT_EQ(limit_of("[profile.a]\nload = limit\nof = rate\nstart = 10\n"), 4096U + 64U);
    EXPECT_EQ(limit_of("[profile.a]\nconnections = 512\n[limits]\nprocesses = 100\n"), 100U);
}

TEST_F(ConfigTest, can_be_made_quick) {
    const auto config = read(
        "[profile.closed]\n"
        "[profile.short]\nduration = 100ms\nwarmup = 0\n"
        "[profile.stages]\nload = rate\nstages = 1k/s:30s, 2k/s:10s\n"
        "[profile.limit]\nload = limit\nstart = 10\nstep_duration = 20s\n");
    ASSERT_TRUE(config) << config.error().message;
    const auto look = quick(*config);
    EXPECT_EQ(look.repeats, 1U);
    EXPECT_EQ(look.profiles[0].duration, 2s);
    EXPECT_EQ(look.profiles[0].warmup, 500ms);
    EXPECT_EQ(look.profiles[1].duration, 100ms);
    EXPECT_EQ(look.profiles[1].warmup, 0s);
    const auto& stages = std::get<model::OpenLoop>(look.profiles[2].load).stages;
    EXPECT_EQ(stages[0].duration + stages[1].duration, look.profiles[2].duration);
    EXPECT_EQ(stages[0].duration, 1500ms);
    EXPECT_EQ(stages[0].rate, 1000);
    const auto& limit = std::get<model::LimitSearch>(look.profiles[3].load);
    EXPECT_EQ(limit.step_duration, 1500ms);
    EXPECT_DOUBLE_EQ(limit.resolution, 0.25);
    EXPECT_EQ(limit.search_time, 20s);
    EXPECT_EQ(look.seed, config->seed);
}

}  // namespace
}  // namespace benchhost::config
