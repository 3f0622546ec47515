// Profiles whose users go through steps: flow, cookies, and what steps take from answers.
#include "tests/unit/config/config_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace benchhost::config {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
using TakenFrom = model::TakeSpec::From;

// Four lines.
const std::string kLogin =
    "[request.login]\nmethod = POST\npath = /login\ntake.token = header X-Token\n";
const std::string kFlow = "load = users\nusers = 3\n";

class ConfigFlows : public ConfigFolder {
  protected:
    /// The error of a flow login, next, of which these are the keys; they begin on line 6.
    std::string step_error(const std::string& keys) {
        return error_of(kLogin + "[request.next]\n" + keys + "[profile.p]\nflow = login, next\n" +
                        kFlow);
    }
    /// The error of one request with these keys, which begin on line 4.
    std::string request_error(const std::string& keys) {
        return error_of("[profile.p]\n\n[request.r]\n" + keys);
    }
    /// The error of a profile with these keys, which begin on line 8.
    std::string profile_error(const std::string& keys) {
        return error_of(kLogin + "[request.next]\nheader.X-Token = {take:token}\n[profile.p]\n" +
                        keys);
    }
};

TEST_F(ConfigFlows, steps_are_read_in_their_order) {
    const auto config =
        read(kLogin +
             "take.id = json /user/id\nthink_time = 10ms..20ms\n"
             "[request.next]\npath = /users/{take:id}\nheader.X-Token = {take:token}\n"
             "[profile.p]\nflow = login, next, next\ncookies = yes\nthink_time = 1s\n" +
             kFlow);
    ASSERT_TRUE(config) << config.error().message;
    const auto& profile = config->profiles.at(0);
    EXPECT_TRUE(profile.is_flow);
    EXPECT_TRUE(profile.keeps_cookies);
    ASSERT_EQ(profile.requests.size(), 3U);
    EXPECT_EQ(profile.requests[0].name, "login");
    EXPECT_EQ(profile.requests[1].name, "next");
    EXPECT_EQ(profile.requests[2].name, "next");
    const std::vector<model::TakeSpec> takes{{"token", TakenFrom::header, "X-Token"},
                                             {"id", TakenFrom::json, "/user/id"}};
    EXPECT_TRUE(profile.requests[0].takes == takes);
    EXPECT_TRUE(profile.requests[1].takes.empty());
    EXPECT_TRUE(profile.requests[0].think_time == (DurationRange{10ms, 20ms}));
    EXPECT_FALSE(profile.requests[1].think_time.has_value()) << "that of the profile";
    EXPECT_TRUE(std::get<model::VirtualUsers>(profile.load).think_time == (DurationRange{1s, 1s}));
}

TEST_F(ConfigFlows, without_the_keys_there_is_none) {
    const auto config = read("[profile.p]\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_FALSE(config->profiles[0].is_flow);
    EXPECT_FALSE(config->profiles[0].keeps_cookies);
}

TEST_F(ConfigFlows, a_step_may_weigh_nothing) { EXPECT_EQ(step_error("weight = 0\n"), ""); }

TEST_F(ConfigFlows, values_stand_anywhere_in_a_later_step) {
    EXPECT_EQ(step_error("path = /a/{take:token}?b={take:token}\n"), "");
    EXPECT_EQ(step_error("header.Authorization = Bearer {take:token}\n"), "");
    EXPECT_EQ(step_error("method = POST\nbody = {\"token\":\"{take:token}\"}\n"), "");
    EXPECT_EQ(step_error("method = POST\nform = t={take:token}\n"), "");
    EXPECT_EQ(step_error("expect_body = {take:token}\n"), "");
    EXPECT_EQ(step_error("expect_header.X-Token = {take:token}\n"), "");
    EXPECT_EQ(step_error("method = POST\nbody = {{take:nothing}\n"), "") << "a brace";
    write("{take:nothing}", "sent.txt");
    EXPECT_EQ(step_error("method = POST\nbody_file = sent.txt\n"), "") << "as it is";
}

TEST_F(ConfigFlows, values_that_no_earlier_step_takes) {
    EXPECT_EQ(step_error("path = /{take:other}\n"),
              "t.ini:8: flow: step next sends {take:other}, which no step before it takes");
    EXPECT_THAT(step_error("expect_body = {{{take:other}\n"),
                StartsWith("t.ini:8: flow: step next sends {take:other}, which"));
    EXPECT_THAT(step_error("take.later = header X\nheader.Y = {take:later}\n"),
                StartsWith("t.ini:9: flow: step next sends {take:later}, which"))
        << "its own answer comes later";
    EXPECT_EQ(profile_error("flow = next, login\n" + kFlow),
              "t.ini:8: flow: step next sends {take:token}, which no step before it takes");
    EXPECT_THAT(profile_error("flow = next\n" + kFlow), StartsWith("t.ini:8: flow: step next"));
    EXPECT_EQ(profile_error("flow = login, next, login, next\n" + kFlow), "");
}

TEST_F(ConfigFlows, what_is_nothing_to_take) {
    const std::string allowed =
        " is nothing to take; allowed: header NAME, such as header Location, or json /POINTER, "
        "such as json /items/0/id";
    for (const std::string what :
         {"header", "json", "json items/0", "json id", "cookie sid", "Header X", "/items/0"}) {
        EXPECT_EQ(request_error("take.x = " + what + "\n"),
                  "t.ini:4: take.x: \"" + what + "\"" + allowed);
    }
    EXPECT_THAT(request_error("take.x =\n"), StartsWith("t.ini:4: take.x: \"\" is nothing"));
    EXPECT_THAT(request_error("path = /\ntake.X = header Y\n"),
                StartsWith("t.ini:5: take.X: \"X\" is not an id"));
    EXPECT_THAT(request_error("take. = header Y\n"), StartsWith("t.ini:4: take.: "));
    EXPECT_EQ(request_error("take.x = header  Location\n"), "") << "two blanks";
    EXPECT_EQ(request_error("take.x = json /\n"), "") << "the member without a name";
}

TEST_F(ConfigFlows, json_is_not_taken_out_of_what_is_compressed) {
    EXPECT_EQ(request_error("take.x = json /id\naccept_encoding = gzip, br\n"),
              "t.ini:4: take.x = json /id contradicts accept_encoding = gzip, br (t.ini:5): a "
              "value is taken out of a body as it comes");
    EXPECT_EQ(request_error("take.x = json /id\naccept_encoding = identity\n"), "");
    EXPECT_EQ(request_error("take.x = header Location\naccept_encoding = gzip\n"), "");
}

TEST_F(ConfigFlows, codings_to_ask_for) {
    const auto config =
        read("[profile.p]\nrequests = r\n[request.r]\nheader.X = y\naccept_encoding = gzip,br\n");
    ASSERT_TRUE(config) << config.error().message;
    const std::vector<model::HeaderField> expected{{"X", "y"}, {"Accept-Encoding", "gzip, br"}};
    EXPECT_TRUE(config->profiles[0].requests.at(0).headers == expected);
    EXPECT_THAT(request_error("accept_encoding = gzip, brotli\n"),
                StartsWith("t.ini:4: accept_encoding: \"brotli\" is not"));
    EXPECT_THAT(request_error("accept_encoding =\n"),
                StartsWith("t.ini:4: accept_encoding: has no value"));
}

TEST_F(ConfigFlows, flows_that_are_none) {
    EXPECT_EQ(profile_error("flow = login\n"),
              "t.ini:8: flow: needs load = users: each user goes through its steps");
    EXPECT_THAT(profile_error("flow = login\nload = closed\n"),
                StartsWith("t.ini:8: flow: needs load = users"));
    EXPECT_THAT(profile_error("flow = login, nxt\n" + kFlow),
                StartsWith("t.ini:8: flow: \"nxt\" is not one of them; did you mean \"next\"?; "
                           "allowed: login, next"));
    EXPECT_THAT(profile_error("flow = login:3\n" + kFlow),
                StartsWith("t.ini:8: flow: \"login:3\" is not one of them"));
    EXPECT_THAT(profile_error("flow = login,\n" + kFlow), HasSubstr("has an empty item"));
    EXPECT_THAT(profile_error("flow =\n" + kFlow), StartsWith("t.ini:8: flow: has no value"));
    EXPECT_THAT(error_of("[profile.p]\nflow = login\n" + kFlow),
                StartsWith("t.ini:2: flow: there is no [request.NAME] in the config"));
    std::string many = "login";
    for (int i = 0; i < 64; ++i) {
        many += ", login";
    }
    EXPECT_EQ(profile_error("flow = " + many + "\n" + kFlow),
              "t.ini:8: flow: has 65 steps; allowed: up to 64");
}

TEST_F(ConfigFlows, a_flow_or_something_else) {
    EXPECT_EQ(profile_error("route = text\nflow = login\n" + kFlow),
              "t.ini:9: flow = login contradicts route = text (t.ini:8): a profile asks for one of "
              "them");
    EXPECT_EQ(error_of("[request.r]\n[profile.p]\nflow = r\nrequests = r\n" + kFlow),
              "t.ini:3: flow = r contradicts requests = r (t.ini:4): a profile asks for one of "
              "them");
}

TEST_F(ConfigFlows, a_mix_has_no_earlier_steps) {
    EXPECT_EQ(profile_error("requests = login\n"),
              "t.ini:8: requests: login takes or sends {take:...}: only the steps of a flow follow "
              "each other");
    EXPECT_THAT(profile_error("requests = next\n"),
                StartsWith("t.ini:8: requests: next takes or sends {take:...}"));
}

TEST_F(ConfigFlows, cookies_go_with_the_next_request) {
    EXPECT_EQ(error_of("[profile.p]\ncookies = yes\npipeline = 2\n"),
              "t.ini:3: pipeline = 2 contradicts cookies = yes (t.ini:2): what an answer sets goes "
              "with the next request");
    EXPECT_EQ(error_of("[profile.p]\ncookies = no\npipeline = 2\n"), "");
    EXPECT_EQ(error_of("[profile.p]\ncookies = yes\n"), "");
    EXPECT_THAT(error_of("[profile.p]\ncookies = some\n"), StartsWith("t.ini:2: cookies: "));
}

}  // namespace
}  // namespace benchhost::config
