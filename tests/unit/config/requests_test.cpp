// [request.NAME], and the profiles that ask for them.
#include "tests/unit/config/config_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace benchhost::config {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ConfigRequests : public ConfigFolder {
  protected:
    // A profile that asks for one request; the first of its keys stands on line 4.
    static std::string with(const std::string& keys) {
        return "[profile.p]\nrequests = r\n[request.r]\n" + keys;
    }
    model::RequestSpec request(const std::string& keys) {
        const auto config = read(with(keys));
        EXPECT_TRUE(config) << config.error().message;
        return config ? config->profiles[0].requests.at(0) : model::RequestSpec{};
    }
    std::string error(const std::string& keys) { return error_of(with(keys)); }
    // The error of a profile whose requests are these, out of list and add; they stand on line 2.
    std::string mix_error(const std::string& requests) {
        return error_of("[profile.p]\nrequests = " + requests +
                        "\n[request.list]\n[request.add]\nmethod = POST\n");
    }
};

TEST_F(ConfigRequests, what_is_read) {
    model::RequestSpec expected;
    expected.name = "r";
    expected.method = "POST";
    expected.path = "/items?key={nonce}";
    expected.headers = {{"Authorization", "Bearer {nonce}"}, {"X-User", "{user}"}};
    expected.body = model::BodySpec{"{\"id\":{seq}}", false};
    expected.expect_status = 201;
    expected.expect_body = model::BodySpec{"{length} {crc32}", false};
    expected.expect_headers = {{"ETag", "\"{nonce}\""}};
    expected.weight = 5;
    EXPECT_TRUE(request("method = POST\npath = /items?key={nonce}\n"
                        "header.Authorization = Bearer {nonce}\nheader.X-User = {user}\n"
                        "body = {\"id\":{seq}}\nexpect_status = 201\n"
                        "expect_body = {length} {crc32}\nexpect_header.ETag = \"{nonce}\"\n"
                        "weight = 5\n") == expected);
}

TEST_F(ConfigRequests, what_is_not_said_is_a_get) {
    model::RequestSpec expected;
    expected.name = "r";
    EXPECT_TRUE(request("") == expected);
    EXPECT_EQ(expected.method, "GET");
    EXPECT_EQ(expected.path, "/");
    EXPECT_FALSE(expected.expect_body.has_value());
}

TEST_F(ConfigRequests, a_profile_says_which_and_how_often) {
    const std::string sections =
        "[request.list]\nweight = 7\n[request.add]\nmethod = POST\n[request.del]\nmethod = "
        "DELETE\n";
    const auto config = read(
        "[profile.a]\nrequests = list:70, add:30\n"
        "[profile.b]\nrequests = del, list\n[profile.c]\n" +
        sections);
    ASSERT_TRUE(config) << config.error().message;
    ASSERT_EQ(config->profiles.size(), 3U);
    const auto& mix = config->profiles[0].requests;
    ASSERT_EQ(mix.size(), 2U);
    EXPECT_EQ(mix[0].name, "list");
    EXPECT_EQ(mix[0].weight, 70U);
    EXPECT_EQ(mix[1].name, "add");
    EXPECT_EQ(mix[1].method, "POST");
    EXPECT_EQ(mix[1].weight, 30U);
    const auto& other = config->profiles[1].requests;
    ASSERT_EQ(other.size(), 2U);
    EXPECT_EQ(other[0].name, "del");
    EXPECT_EQ(other[0].weight, 1U);
    EXPECT_EQ(other[1].weight, 7U) << "as its section has it";
    EXPECT_TRUE(config->profiles[2].requests.empty()) << "it asks for its route";
    EXPECT_EQ(config->requests.size(), 3U);
}

TEST_F(ConfigRequests, a_profile_may_stand_behind_its_requests) {
    const auto config = read("[request.r]\npath = /x\n[profile.p]\nrequests = r\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->profiles[0].requests.at(0).path, "/x");
}

TEST_F(ConfigRequests, bodies_of_files_are_as_they_are) {
    write("{nonce}\n", "sent.json");
    write("{\"got\":{seq}}", "right.json");
    const auto read =
        request("method = PUT\nbody_file = sent.json\nexpect_body_file = right.json\n");
    EXPECT_TRUE(read.body == (model::BodySpec{"{nonce}\n", true}));
    EXPECT_TRUE(read.expect_body == (model::BodySpec{"{\"got\":{seq}}", true}));
}

TEST_F(ConfigRequests, a_form_has_its_type) {
    const auto form = request("method = POST\nform = a={rand:1..9}&b=2\n");
    EXPECT_TRUE(form.body == (model::BodySpec{"a={rand:1..9}&b=2", false}));
    ASSERT_EQ(form.headers.size(), 1U);
    EXPECT_EQ(form.headers[0].name, "Content-Type");
    EXPECT_EQ(form.headers[0].value, "application/x-www-form-urlencoded");
    const auto own = request("method = POST\nform = a=1\nheader.content-type = text/plain\n");
    ASSERT_EQ(own.headers.size(), 1U);
    EXPECT_EQ(own.headers[0].value, "text/plain");
}

TEST_F(ConfigRequests, lines_to_pick_come_with_them) {
    write("ann\nbo\n", "names.txt");
    const auto config = read(with("path = /{pick:names.txt}\nexpect_body = {pick:names.txt}\n"));
    ASSERT_TRUE(config) << config.error().message;
    const model::Picks expected{{"names.txt", {"ann", "bo"}}};
    EXPECT_EQ(config->picks, expected);
    EXPECT_EQ(config->profiles[0].picks, expected);
}

TEST_F(ConfigRequests, a_body_of_a_get_is_meant_when_the_method_is_said) {
    EXPECT_TRUE(request("method = GET\nbody = x\n").body == (model::BodySpec{"x", false}));
    EXPECT_EQ(error("body = x\n"),
              "t.ini:4: body: a GET, which is the default, has no body: write method = POST, or "
              "method = GET if that is meant");
    EXPECT_THAT(error("path = /\nform = a=1\n"), StartsWith("t.ini:5: form: a GET, which"));
    write("x", "x.bin");
    EXPECT_THAT(error("body_file = x.bin\n"), StartsWith("t.ini:4: body_file: a GET, which"));
}

TEST_F(ConfigRequests, a_value_can_be_set_on_the_command_line) {
    const auto config = read(with("path = /a\n"),
                             {{"request.r", "path", "/b"}, {"request.r", "header.X-Id", "{seq}"}});
    ASSERT_TRUE(config) << config.error().message;
    const auto& read_one = config->profiles[0].requests.at(0);
    EXPECT_EQ(read_one.path, "/b");
    ASSERT_EQ(read_one.headers.size(), 1U);
    EXPECT_EQ(read_one.headers[0].name, "X-Id");
    EXPECT_THAT(error_of(with(""), {{"request.s", "path", "/b"}}),
                HasSubstr("the config has no [request.s]"));
    EXPECT_THAT(error_of(with(""), {{"request.r", "path", "/{x}"}}),
                StartsWith("--set request.r.path: path: \"{x}\" is no placeholder"));
}

TEST_F(ConfigRequests, placeholders_that_are_none) {
    EXPECT_THAT(error("path = /{nonsense}\n"),
                StartsWith("t.ini:4: path: \"{nonsense}\" is no placeholder; there is {seq}"));
    EXPECT_THAT(error("header.X-Id = {nonsense}\n"),
                StartsWith("t.ini:4: header.X-Id: \"{nonsense}\" is no placeholder"));
    EXPECT_THAT(error("method = POST\nbody = {rand:9..1}\n"),
                StartsWith("t.ini:5: body: \"{rand:9..1}\" has no range"));
    EXPECT_THAT(error("method = POST\nform = a={sum:b}\n"),
                StartsWith("t.ini:5: form: \"{sum:b}\" adds \"b\""));
    EXPECT_THAT(error("expect_body = {etag}\n"), StartsWith("t.ini:4: expect_body: \"{etag}\" is"));
    EXPECT_THAT(error("expect_header.ETag = {etag}\n"),
                StartsWith("t.ini:4: expect_header.ETag: \"{etag}\" is no placeholder"));
    EXPECT_THAT(error("path = /{length}\n"),
                StartsWith("t.ini:4: path: \"{length}\" is of the body"));
}

TEST_F(ConfigRequests, files_to_pick_from_that_are_none) {
    write("", "empty");
    EXPECT_THAT(
        error("path = /{pick:empty}\n"),
        StartsWith("t.ini:4: path: \"{pick:empty}\" cannot be picked: empty is empty: there "
                   "is no line to pick"));
    write("one\n\nthree\n", "gap");
    EXPECT_THAT(error("path = /{pick:gap}\n"), HasSubstr("cannot be picked: gap:2: "));
    EXPECT_THAT(error("path = /{pick:missing}\n"),
                StartsWith("t.ini:4: path: \"{pick:missing}\" cannot be picked: "));
}

TEST_F(ConfigRequests, answers_that_can_never_come) {
    EXPECT_EQ(
        error("method = HEAD\nexpect_body = x\n"),
        "t.ini:5: expect_body = x contradicts method = HEAD (t.ini:4): its answer never has a "
        "body");
    EXPECT_EQ(error("expect_status = 204\nexpect_body = x\n"),
              "t.ini:5: expect_body = x contradicts expect_status = 204 (t.ini:4): an answer with "
              "that status never has a body");
    EXPECT_THAT(error("expect_status = 304\nexpect_body = x\n"), HasSubstr("never has a body"));
    EXPECT_EQ(error("expect_status = 204\nexpect_body =\n"), "") << "an empty one";
    EXPECT_EQ(error("method = HEAD\n"), "");
    EXPECT_THAT(error("expect_status = 100\n"), StartsWith("t.ini:4: expect_status: \"100\""));
    EXPECT_THAT(error("expect_status = 600\n"), HasSubstr("allowed: 200 to 599"));
}

TEST_F(ConfigRequests, two_bodies) {
    write("x", "x.bin");
    EXPECT_EQ(
        error("method = POST\nbody = x\nbody_file = x.bin\n"),
        "t.ini:6: body_file = x.bin contradicts body = x (t.ini:5): a body is one or the other");
    EXPECT_THAT(error("method = POST\nbody = x\nform = a=1\n"),
                StartsWith("t.ini:5: body = x contradicts form = a=1 (t.ini:6)"));
    EXPECT_EQ(
        error("expect_body = x\nexpect_body_file = x.bin\n"),
        "t.ini:5: expect_body_file = x.bin contradicts expect_body = x (t.ini:4): a body is one "
        "or the other");
    EXPECT_THAT(error("method = POST\nbody_file = none.bin\n"), StartsWith("t.ini:5: body_file: "));
    EXPECT_THAT(error("expect_body_file = none.bin\n"), StartsWith("t.ini:4: expect_body_file: "));
}

TEST_F(ConfigRequests, bodies_that_are_too_long_to_be_made) {
    EXPECT_EQ(error("method = POST\nbody = {nonce}{fill:1MiB}\n"),
              "t.ini:5: body: with placeholders it may have up to 1048576 bytes, not 1048592");
    EXPECT_EQ(error("method = POST\nbody = {fill:2MiB}\n"), "") << "the same each time";
    EXPECT_THAT(error("header.Cookie = {fill:64KiB}\n"),
                StartsWith("t.ini:3: path and headers: may have up to 65536 bytes together"));
}

TEST_F(ConfigRequests, header_fields_that_cannot_be_set) {
    for (const std::string name :
         {"Content-Length", "content-length", "Connection", "Transfer-Encoding", "TE", "upgrade"}) {
        EXPECT_EQ(
            error("header." + name + " = x\n"),
            "t.ini:4: header." + name + ": is sent as the request needs it and cannot be set");
        EXPECT_EQ(error("expect_header." + name + " = x\n"), "") << "an answer may have it";
    }
    EXPECT_THAT(error("header. = x\n"), StartsWith("t.ini:4: header.: names no header field"));
    EXPECT_THAT(error("expect_header. = x\n"),
                StartsWith("t.ini:4: expect_header.: names no header field"));
}

TEST_F(ConfigRequests, methods_and_paths_that_are_none) {
    EXPECT_THAT(error("method = post\n"), StartsWith("t.ini:4: method: \"post\" is no method"));
    EXPECT_THAT(error("method = CONNECT\n"), HasSubstr("\"CONNECT\" is no method"));
    EXPECT_THAT(error("method =\n"), StartsWith("t.ini:4: method: has no value"));
    EXPECT_THAT(error("path = text\n"), StartsWith("t.ini:4: path: \"text\" is no path"));
    EXPECT_THAT(error("path = /a b\n"), HasSubstr("\"/a b\" is no path"));
    EXPECT_THAT(error("path = /a#b\n"), HasSubstr("\"/a#b\" is no path"));
    EXPECT_THAT(error("path = /\u00fc\n"), HasSubstr("is no path; allowed: a / first"));
    EXPECT_EQ(error("path = /{rand:1..9#a}/{rand:1..9#b}\n"), "");
}

TEST_F(ConfigRequests, keys_and_names_that_are_none) {
    EXPECT_THAT(error("metod = GET\n"),
                StartsWith("t.ini:4: [request.r] knows no key \"metod\"; did you mean \"method\"?; "
                           "allowed: method, path, header.NAME"));
    EXPECT_THAT(error_of("[profile.p]\n[request.R]\n"),
                StartsWith("t.ini:2: [request.R]: \"R\" is not an id"));
    EXPECT_THAT(error_of("[profile.p]\n[requests.r]\n"), HasSubstr("did you mean [request.r]?"));
    EXPECT_THAT(error("weight = 10001\n"), HasSubstr("allowed: 0 to 10000"));
}

TEST_F(ConfigRequests, mixes_that_are_none) {
    EXPECT_EQ(mix_error("list:0, add:0"),
              "t.ini:2: requests: a mix whose weights are all 0 asks nothing");
    EXPECT_EQ(mix_error("list:0, add:1"), "");
    EXPECT_THAT(mix_error("list, ad"), StartsWith("t.ini:2: requests: \"ad\" is not one of them; "
                                                  "did you mean \"add\"?; allowed: list, add"));
    EXPECT_THAT(mix_error("list:x, add"), StartsWith("t.ini:2: requests: \"x\" is not a whole "
                                                     "number in range; allowed: 0 to 10000"));
    EXPECT_THAT(mix_error("list:10001, add"), HasSubstr("allowed: 0 to 10000"));
    EXPECT_THAT(mix_error("list,"), HasSubstr("has an empty item"));
    EXPECT_THAT(mix_error(""), StartsWith("t.ini:2: requests: has no value"));
    EXPECT_THAT(mix_error("list:9999, add:2"),
                StartsWith("t.ini:2: requests: the weights are 10001 parts of a whole"));
    EXPECT_EQ(error_of("[profile.p]\nrequests = list\n"),
              "t.ini:2: requests: there is no [request.NAME] in the config");
    std::string many = "list";
    for (int i = 0; i < 64; ++i) {
        many += ", add";
    }
    EXPECT_EQ(mix_error(many), "t.ini:2: requests: has 65 requests; allowed: up to 64");
}

TEST_F(ConfigRequests, a_route_or_requests) {
    EXPECT_EQ(
        error_of("[profile.p]\nroute = text\nrequests = r\n[request.r]\n"),
        "t.ini:3: requests = r contradicts route = text (t.ini:2): a profile asks for a route "
        "or for requests");
    EXPECT_THAT(error_of("[profile.p]\nroute = echo\n"),
                StartsWith("t.ini:2: route: \"echo\" is not"));
}

TEST_F(ConfigRequests, connections_are_closed_after_so_many) {
    const auto config = read("[profile.p]\nconnection_requests = 25\n");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->profiles[0].connection_requests, 25U);
    EXPECT_EQ(
        error_of("[profile.p]\nconnection_requests = 25\npipeline = 2\n"),
        "t.ini:3: pipeline = 2 contradicts connection_requests = 25 (t.ini:2): whoever counts "
        "waits for each answer");
    EXPECT_THAT(error_of("[profile.p]\nconnection_requests = 0\n"),
                StartsWith("t.ini:2: connection_requests: \"0\""));
}

}  // namespace
}  // namespace benchhost::config
