// What a wrong config is answered with: the place, the value, what is allowed, what was meant.
#include "tests/unit/config/config_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class ConfigErrors : public ConfigFolder {
  protected:
    // The error of a profile with these keys; the first key stands on line 2.
    std::string profile(const std::string& keys) { return error_of("[profile.p]\n" + keys + "\n"); }
    // The error of a section beside a right profile; its first key stands on line 3.
    std::string section(const std::string& name, const std::string& keys) {
        return error_of("[profile.p]\n[" + name + "]\n" + keys + "\n");
    }
};

TEST_F(ConfigErrors, nothing_to_measure) {
    EXPECT_EQ(error_of(""), "t.ini:1: there is no [profile.NAME]: nothing to measure");
    EXPECT_THAT(error_of("[suite]\nname = x\n"), HasSubstr("nothing to measure"));
}

TEST_F(ConfigErrors, unknown_sections) {
    EXPECT_THAT(section("suit", "name = x"), StartsWith("t.ini:2: [suit] is not a section; did you "
                                                        "mean [suite]?; allowed: [suite]"));
    EXPECT_THAT(section("profil.text", ""), HasSubstr("did you mean [profile.text]?"));
    EXPECT_THAT(section("profile", ""), HasSubstr("did you mean [profile.NAME]?"));
    EXPECT_THAT(section("Limits", ""), HasSubstr("did you mean [limits]?"));
    EXPECT_THAT(section("something", ""), HasSubstr("[something] is not a section; allowed"));
}

TEST_F(ConfigErrors, unknown_keys) {
    EXPECT_THAT(profile("durration = 5s"),
                StartsWith("t.ini:2: [profile.p] knows no key \"durration\"; did you mean "
                           "\"duration\"?; allowed: route, requests, "));
    EXPECT_THAT(section("suite", "server = x"), HasSubstr("did you mean \"servers\"?"));
    EXPECT_THAT(section("payload", "xml = x"), HasSubstr("knows no key \"xml\""));
    EXPECT_THAT(section("limits", "cpus = 1"), HasSubstr("allowed: server_cpus, client_cpus"));
}

TEST_F(ConfigErrors, names_that_are_no_ids) {
    EXPECT_THAT(error_of("[profile.Text]\n"),
                StartsWith("t.ini:1: [profile.Text]: \"Text\" is not an id; allowed: a-z"));
    EXPECT_THAT(error_of("[profile.]\n"), HasSubstr("is not an id"));
    EXPECT_THAT(error_of("[profile..x]\n"), HasSubstr("is not an id"));
    EXPECT_THAT(error_of("[profile." + std::string(65, 'a') + "]\n"), HasSubstr("at most 64"));
    EXPECT_THAT(section("server.-x", ""), HasSubstr("\"-x\" is not an id"));
    EXPECT_THAT(section("server.x", "plugin = no spaces"), HasSubstr("\"no spaces\" is not an id"));
}

TEST_F(ConfigErrors, values_of_the_gate) {
    EXPECT_THAT(section("gate", "cpus = 5%"), HasSubstr("did you mean \"cpu\"?"));
    EXPECT_THAT(section("gate", "cpu = much"), StartsWith("t.ini:3: cpu: \"much\""));
    EXPECT_THAT(section("gate", "alpha = 50%"), HasSubstr("allowed: 0.0001 to 0.2"));
    EXPECT_THAT(section("gate", "blocks = 0"), HasSubstr("allowed: 1 to 250"));
    EXPECT_THAT(section("gates", ""), HasSubstr("did you mean [gate]?"));
}

TEST_F(ConfigErrors, values_of_the_suite) {
    EXPECT_THAT(section("suite", "repeats = 0"),
                StartsWith("t.ini:3: repeats: \"0\" is not a whole "
                           "number in range; allowed: 1 to 1000"));
    EXPECT_THAT(section("suite", "repeats = 1001"), HasSubstr("1 to 1000"));
    EXPECT_THAT(section("suite", "retries = 101"), HasSubstr("0 to 100"));
    EXPECT_THAT(section("suite", "name = " + std::string(65, 'x')), HasSubstr("at most 64"));
    EXPECT_THAT(section("suite", "repeats = 5 # five"),
                HasSubstr("comments stand on lines of their own"));
    EXPECT_THAT(section("suite", "calm = -1s"), StartsWith("t.ini:3: calm: \"-1s\""));
    EXPECT_THAT(section("suite", "calm = 11m"), HasSubstr("allowed: 0 to 600s"));
    EXPECT_THAT(section("suite", "seed = -1"), HasSubstr("seed: \"-1\""));
    EXPECT_THAT(section("suite", "seed = 9223372036854775808"), HasSubstr("seed: "));
    EXPECT_THAT(section("suite", "name = a/b"), HasSubstr("\"a/b\" is not a name"));
    EXPECT_THAT(section("suite", "name = .."), HasSubstr("is not a name"));
    EXPECT_THAT(section("suite", "name ="), HasSubstr("name: has no value"));
    EXPECT_THAT(section("suite", "servers = a,,b"), HasSubstr("has an empty item"));
    EXPECT_THAT(section("suite", "servers = a,"), HasSubstr("has an empty item"));
    EXPECT_THAT(section("suite", "servers = a b"),
                HasSubstr("\"a b\" is neither an id nor a glob"));
    EXPECT_THAT(section("suite", "servers = !"), HasSubstr("neither an id nor a glob"));
}

TEST_F(ConfigErrors, values_of_the_payload) {
    EXPECT_THAT(section("payload", "json = {\"a\":}"), StartsWith("t.ini:3: json: it is not JSON"));
    EXPECT_THAT(section("payload", "json = {\"a\": 1}"), HasSubstr("remove the blank"));
    EXPECT_THAT(section("payload", "file = 64K"),
                HasSubstr("\"64K\" is neither a size such as 64KiB nor a file (looked for 64K)"));
    EXPECT_THAT(section("payload", "file = 1GiB"), HasSubstr("1B to 256MiB"));
    EXPECT_THAT(section("payload", "file = 0"), HasSubstr("out of range"));
    EXPECT_THAT(section("payload", "file = ."), HasSubstr("neither a size"));
    write("", "empty.bin");
    EXPECT_THAT(section("payload", "file = empty.bin"), HasSubstr("is empty"));
    EXPECT_THAT(section("payload", "text ="), HasSubstr("text: has no value"));
}

TEST_F(ConfigErrors, values_of_the_limits) {
    for (const char* cpus : {"3-1", "x", "1-", "-1", "1,,2", "0-4096", "1 2", "auto,1"}) {
        EXPECT_THAT(section("limits", std::string("server_cpus = ") + cpus),
                    HasSubstr("are no processors; allowed: auto, none, or numbers"))
            << cpus;
    }
    EXPECT_THAT(section("limits", "memory = 1KiB"), HasSubstr("1MiB to"));
    EXPECT_THAT(section("limits", "memory = much"), HasSubstr("or none"));
    EXPECT_THAT(section("limits", "nofile = 10"), HasSubstr("64 to 1073741816"));
    EXPECT_THAT(section("limits", "user = a b"), HasSubstr("is not the name of a user"));
    EXPECT_THAT(section("limits", "user = -x"), HasSubstr("no \"-\" first"));
    EXPECT_THAT(section("limits", "user ="), HasSubstr("user: has no value"));
}

TEST_F(ConfigErrors, values_of_servers) {
    EXPECT_THAT(section("server.x", "url = https://h"), HasSubstr("https is not supported"));
    EXPECT_THAT(section("server.x", "url = http://"), HasSubstr("the host is missing"));
    EXPECT_THAT(section("server.x", "url = ftp://h"), HasSubstr("not the URL of an HTTP server"));
    EXPECT_THAT(section("server.x", "url = h:80"), HasSubstr("allowed: http://HOST"));
    EXPECT_THAT(section("server.x", "url = http://h/text"), HasSubstr("has a path"));
    EXPECT_THAT(section("server.x", "url = http://h:99999"),
                HasSubstr("the port \"99999\" is not"));
    EXPECT_THAT(section("server.x",
                        "url = http://b\xC3\xBC"
                        "cher.example"),
                HasSubstr("punycode"));
    EXPECT_THAT(section("server.x", "url = http://u@h"), HasSubstr("a user and password"));
    EXPECT_THAT(section("server.x", "url = unix:relative"), HasSubstr("no absolute path"));
    EXPECT_EQ(section("server.x", "plugin = beast\nurl = http://h:1"),
              "t.ini:3: plugin = beast contradicts url = http://h:1 (t.ini:4): a server with a URL "
              "is already running, not started by us");
    EXPECT_THAT(section("server.x", "url = http://h:1\nworkers = 2"),
                StartsWith("t.ini:4: workers = 2 contradicts url = http://h:1 (t.ini:3)"));
}

TEST_F(ConfigErrors, words_of_a_profile) {
    EXPECT_THAT(profile("route = txt"),
                StartsWith("t.ini:2: route: \"txt\" is not one of them; did "
                           "you mean \"text\"?; allowed: text, json, file, "
                           "about"));
    EXPECT_THAT(profile("load = open"),
                AllOf(HasSubstr("allowed: closed, "), HasSubstr("users, rate, limit")));
    EXPECT_THAT(profile("verify = none"), HasSubstr("allowed: full, length, status"));
    EXPECT_THAT(profile("load = rate\nrate = 1\narrivals = poison"),
                HasSubstr("did you mean \"poisson\"?"));
    EXPECT_THAT(profile("load = limit\nof = requests\nstart = 5"),
                HasSubstr("allowed: users, rate"));
    EXPECT_THAT(profile("keep_alive = maybe"), HasSubstr("is not yes or no"));
    EXPECT_THAT(profile("csv = ../x"), HasSubstr("is not a file name"));
    EXPECT_THAT(profile("csv = .hidden"), HasSubstr("is not a file name"));
}

TEST_F(ConfigErrors, numbers_of_a_profile) {
    EXPECT_THAT(profile("duration = 10"), HasSubstr("\"10\" is not a duration; allowed: a number "
                                                    "with ns, us, ms, s, m or h"));
    EXPECT_THAT(profile("duration = 0"), HasSubstr("out of range; allowed: 1ms to 24h"));
    EXPECT_THAT(profile("duration = 25h"), HasSubstr("out of range"));
    EXPECT_THAT(profile("warmup = -1s"), HasSubstr("is not a duration"));
    EXPECT_THAT(profile("timeout = 0"), HasSubstr("out of range"));
    EXPECT_THAT(profile("timeout = 2h"), HasSubstr("1us to 1h"));
    EXPECT_THAT(profile("connections = 0"), HasSubstr("1 to 1000000"));
    EXPECT_THAT(profile("connections = 64.5"), HasSubstr("1 to 1000000"));
    EXPECT_THAT(profile("pipeline = 65"), HasSubstr("1 to 64"));
    EXPECT_THAT(profile("load = users\nusers = -3"), HasSubstr("users: \"-3\""));
    EXPECT_THAT(profile("load = users\nusers = 3\nthink_time = 5s..1s"),
                HasSubstr("the smaller first"));
    EXPECT_THAT(profile("load = users\nusers = 3\nthink_time = 2h"), HasSubstr("0 to 1h"));
    EXPECT_THAT(profile("load = rate\nrate = 0"), HasSubstr("is not a rate"));
    EXPECT_THAT(profile("load = rate\nrate = 20M/s"), HasSubstr("out of range"));
    EXPECT_THAT(profile("load = rate\nrate = 0.05"), HasSubstr("0.05 in 10s is not one request"));
    EXPECT_THAT(profile("load = limit\nstart = 1.5"), HasSubstr("start: \"1.5\""));
    EXPECT_THAT(profile("load = limit\nstart = 1\nfail_above = 100%"),
                HasSubstr("would never be a failure"));
    EXPECT_THAT(profile("load = limit\nstart = 1\nfail_above = 2"), HasSubstr("is not a share"));
    EXPECT_THAT(profile("load = limit\nstart = 1\nresolution = 0"), HasSubstr("above 0%"));
    EXPECT_THAT(profile("load = limit\nstart = 1\nsearch_time = 0"), HasSubstr("1ms to 24h"));
}

TEST_F(ConfigErrors, stages) {
    EXPECT_THAT(profile("load = rate\nstages = 1k/s"),
                HasSubstr("\"1k/s\" is not a stage; allowed: "
                          "RATE:DURATION"));
    EXPECT_THAT(profile("load = rate\nstages = 1k/s:10"),
                HasSubstr("stage \"1k/s:10\": \"10\" is not a "
                          "duration"));
    EXPECT_THAT(profile("load = rate\nstages = x:10s"), HasSubstr("is not a rate"));
    EXPECT_THAT(profile("load = rate\nstages = 1:10s,"), HasSubstr("empty item"));
    EXPECT_THAT(profile("load = rate\nstages = 1:23h, 2:2h"), HasSubstr("the stages last 90000s"));
    std::string many = "1:1s";
    for (int i = 0; i < 1000; ++i) {
        many += ",1:1s";
    }
    EXPECT_THAT(profile("load = rate\nstages = " + many), HasSubstr("1001 stages are more than"));
}

TEST_F(ConfigErrors, rates_of_a_sweep) {
    std::string many = "1";
    for (int i = 0; i < 100; ++i) {
        many += ", 1";
    }
    EXPECT_THAT(profile("load = rate\nrates = " + many), HasSubstr("101 rates are more than 100"));
}

TEST_F(ConfigErrors, keys_of_another_load) {
    EXPECT_EQ(profile("users = 5"),
              "t.ini:2: users: does not go with load = closed (the default); it "
              "belongs to load = users");
    EXPECT_EQ(profile("load = closed\nthink_time = 1s"),
              "t.ini:3: think_time: does not go with load = closed (t.ini:2); it belongs to load = "
              "users or limit with of = users");
    EXPECT_THAT(
        profile("load = users\nusers = 1\nconnections = 1"),
        AllOf(HasSubstr("belongs to load = closed, "), HasSubstr("rate or limit with of = rate")));
    EXPECT_THAT(profile("load = rate\nrate = 1\npipeline = 2"),
                HasSubstr("pipeline: does not go with load = rate (t.ini:2)"));
    EXPECT_THAT(profile("load = limit\nstart = 1\nduration = 5s"),
                HasSubstr("duration: does not go with load = limit with of = users (the default)"));
    EXPECT_THAT(profile("load = limit\nof = rate\nstart = 1\nthink_time = 5s"),
                HasSubstr("does not go with load = limit with of = rate (t.ini:3)"));
    EXPECT_THAT(profile("of = rate"), HasSubstr("it belongs to load = limit"));
}

TEST_F(ConfigErrors, keys_a_load_cannot_do_without) {
    EXPECT_EQ(profile("load = users"), "t.ini:2: load = users needs users, such as users = 4000");
    EXPECT_THAT(profile("load = rate"), HasSubstr("load = rate needs rate, such as rate = 20k/s"));
    EXPECT_THAT(profile("load = limit"), HasSubstr("load = limit needs start"));
}

TEST_F(ConfigErrors, contradictions_name_both) {
    EXPECT_EQ(
        profile("keep_alive = no\npipeline = 4"),
        "t.ini:3: pipeline = 4 contradicts keep_alive = no (t.ini:2): only a connection that is "
        "kept can be pipelined");
    EXPECT_THAT(profile("load = rate\nstages = 1:5s\nduration = 6s"),
                StartsWith("t.ini:4: duration = 6s contradicts stages = 1:5s (t.ini:3)"));
    EXPECT_THAT(profile("load = limit\nstart = 1\ntimeout = 1s\nslo_p99 = 2s"),
                StartsWith("t.ini:5: slo_p99 = 2s contradicts timeout = 1s (t.ini:4)"));
    EXPECT_THAT(profile("load = limit\nstart = 1\nslo_p99 = 3s"),
                HasSubstr("3s contradicts timeout = 2s (its default)"));
    EXPECT_THAT(error_of("[profile.a]\ncsv = x.csv\n[profile.b]\ncsv = x.csv\n"),
                StartsWith("t.ini:4: csv = x.csv is already written by another profile (t.ini:2)"));
    EXPECT_THAT(profile("csv = report.md"),
                StartsWith("t.ini:2: csv: \"report.md\" is written by every run"));
    EXPECT_THAT(profile("csv = results.json"), HasSubstr("\"results.json\" is written by"));
    EXPECT_THAT(profile("csv = journal"), HasSubstr("\"journal\" is written by"));
    EXPECT_EQ(error_of("[limits]\nnofile = 100\n[profile.a]\nconnections = 100\n"),
              "t.ini:4: 100 connections need more files than nofile = 100 (t.ini:2)");
    EXPECT_THAT(error_of("[profile.a]\nload = users\nusers = 999999\n"),
                StartsWith("t.ini:3: 999999 connections need more files than nofile = 999999"));
}

TEST_F(ConfigErrors, are_told_all_at_once_in_the_order_of_the_lines) {
    const auto message = error_of("[limits]\nnofile = x\n[profile.a]\nroute = x\nfoo = 1\n");
    EXPECT_THAT(message, StartsWith("t.ini:2: "));
    EXPECT_THAT(message, HasSubstr("\nt.ini:4: "));
    EXPECT_THAT(message, HasSubstr("\nt.ini:5: "));
}

}  // namespace
}  // namespace benchhost::config
