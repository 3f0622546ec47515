// `benchhost load` against a server of the test: what its flags say is asked, what comes back is
// held against it, and the exit code and the last line tell how it went.
#include "tests/fixtures/command.hpp"
#include "tests/integration/load/request_server.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using benchhost::fixtures::CommandResult;
using benchhost::fixtures::run_command;
using benchhost::fixtures::TemporaryDirectory;
using benchhost::fixtures::write_text;
using benchhost::load::AskedRequest;
using benchhost::load::Reply;
using benchhost::load::RequestServer;
using benchhost::load::right;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

const std::string kBenchhost = BENCHHOST_BINARY_DIR "/benchhost";
const std::string kNobody = "http://127.0.0.1:1";  // for what is told before anybody is asked

CommandResult run_load(const Words& words) {
    Words command = {kBenchhost, "load", "--no-progress", "--timeout", "60s", "-c", "4"};
    command.insert(command.end(), words.begin(), words.end());
    return run_command(command);
}

void expect_usage_error(const Words& words, const std::string& said) {
    SCOPED_TRACE(::testing::PrintToString(words));
    const auto run = run_load(words);
    EXPECT_EQ(run.exit_code, 2) << run.err;
    EXPECT_THAT(run.err, HasSubstr(said));
    EXPECT_EQ(run.out, "");
}

class LoadCommand : public ::testing::Test {
  protected:
    void serve(RequestServer::Answer answer) {
        server_ = std::make_unique<RequestServer>(
            [this, answer = std::move(answer)](const AskedRequest& request) {
                // By such a request benchhost looks whether there is a server.
                if (request.head.find("\r\nConnection: close\r\n") != std::string::npos) {
                    return right("there is one");
                }
                ++asked_;
                ++by_target_[request.target];
                return answer(request);
            });
    }
    /// Runs to its end; afterwards what was counted may be read.
    CommandResult load(const Words& paths, const Words& flags) {
        Words words;
        for (const auto& path : paths) {
            words.push_back("http://" + server_->target().host_header + path);
        }
        words.insert(words.end(), flags.begin(), flags.end());
        auto run = run_load(words);
        server_->stop();
        return run;
    }

    std::uint64_t asked_ = 0;
    std::map<std::string, std::uint64_t> by_target_;
    std::unique_ptr<RequestServer> server_;
};

std::string line_of(const std::string& head, const std::string& name) {
    const auto begin = head.find("\r\n" + name + ": ");
    if (begin == std::string::npos) {
        return "";
    }
    const auto value = begin + name.size() + 4;
    return head.substr(value, head.find('\r', value) - value);
}

const Words kPosts = {"-X",
                      "POST",
                      "-H",
                      "X-Id: {nonce}",
                      "-H",
                      "Content-Type: text/plain",
                      "--body",
                      "n={nonce}",
                      "--expect-status",
                      "201",
                      "--expect-body",
                      "got {nonce}",
                      "--expect-header",
                      "X-Echo: {nonce}",
                      "-n",
                      "200"};

Reply created(const std::string& nonce) {
    const auto body = "got " + nonce;
    return {fmt::format("HTTP/1.1 201 Created\r\nX-Echo: {}\r\nContent-Length: {}\r\n\r\n{}", nonce,
                        body.size(), body)};
}

TEST_F(LoadCommand, AsksWithMethodHeadersAndBody) {
    std::set<std::string> nonces;
    std::uint64_t wrong = 0;
    serve([&](const AskedRequest& request) {
        const auto nonce = line_of(request.head, "X-Id");
        const bool is_as_said = request.method == "POST" && request.target == "/add?x=1" &&
                                line_of(request.head, "Content-Type") == "text/plain" &&
                                request.body == "n=" + nonce;
        wrong += is_as_said ? 0 : 1;
        nonces.insert(nonce);
        return created(nonce);
    });
    const auto run = load({"/add?x=1"}, kPosts);
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("200 planned, 200 sent, 200 ok, 0 failed"));
    EXPECT_EQ(asked_, 200U);
    EXPECT_EQ(nonces.size(), 200U);
    EXPECT_EQ(wrong, 0U);
}

TEST_F(LoadCommand, TellsEachWayToBeWrongAndExitsWith1) {
    serve([&](const AskedRequest& request) {
        auto reply = created(line_of(request.head, "X-Id"));
        if (asked_ % 50 == 0) {
            reply.bytes.back() = reply.bytes.back() == '!' ? '?' : '!';
        } else if (asked_ % 50 == 10) {
            reply.bytes.replace(reply.bytes.find("X-Echo"), 6, "X-Ecco");
        } else if (asked_ % 100 == 20) {
            reply.bytes.replace(reply.bytes.find("201"), 3, "200");
        }
        return reply;
    });
    const auto run = load({"/add"}, kPosts);
    EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("200 planned, 200 sent, 190 ok, 10 failed"));
    EXPECT_THAT(run.out, HasSubstr("bad-body: 4, the first: status 201"));
    EXPECT_THAT(run.out, HasSubstr("bad-header: 4, the first: no field X-Echo"));
    EXPECT_THAT(run.out, HasSubstr("bad-status: 2, the first: status 200"));
}

TEST_F(LoadCommand, AsksSeveralUrlsInTurn) {
    serve([](const AskedRequest& request) { return right(request.target); });
    const auto run = load({"/a", "/b", "/c/{seq}"}, {"-n", "300"});
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    EXPECT_EQ(asked_, 300U);
    EXPECT_EQ(by_target_["/a"], 100U);
    EXPECT_EQ(by_target_["/b"], 100U);
    EXPECT_EQ(by_target_.size(), 102U) << "each of the last has its number";
    for (const auto* name : {"url-1", "url-2", "url-3"}) {
        EXPECT_THAT(run.out,
                    HasSubstr(fmt::format("  {:<12} 100 planned, 100 ok, 0 failed", name)));
    }
}

TEST_F(LoadCommand, OneUrlOfEachServer) {
    expect_usage_error({kNobody, "http://127.0.0.1:2"},
                       "are different servers; one is loaded at a time");
    expect_usage_error({kNobody, "http://localhost:1"}, "are different servers");
    expect_usage_error({kNobody, "unix:/tmp/s:/"}, "are different servers");
    expect_usage_error({kNobody, "https://127.0.0.1:1"}, "https is not supported");
    Words many(65, kNobody);
    expect_usage_error(many, "65 URLs are too many; allowed: up to 64");
}

TEST_F(LoadCommand, EndsAfterSoManyRequests) {
    serve([](const AskedRequest& /*request*/) { return right("x"); });
    const auto run = load({"/"}, {"-n", "123", "-t", "2", "--expect-body", "x"});
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    EXPECT_EQ(asked_, 123U);
    EXPECT_THAT(run.out, HasSubstr("123 planned, 123 sent, 123 ok, 0 failed"));
    expect_usage_error({kNobody, "-n", "0"}, "--requests");
    expect_usage_error({kNobody, "-n", "5", "--warmup", "1s"}, "contradict each other");
}

TEST_F(LoadCommand, ClosesEachConnectionAfterSoManyAnswers) {
    std::set<std::size_t> connections;
    std::size_t most = 0;
    serve([&](const AskedRequest& request) {
        connections.insert(request.connection);
        most = std::max(most, request.nth + 1);
        return right("x");
    });
    const auto run = load({"/"}, {"-n", "100", "--connection-requests", "5"});
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    EXPECT_EQ(asked_, 100U);
    EXPECT_EQ(most, 5U);
    EXPECT_GE(connections.size(), 20U);
    EXPECT_THAT(run.out, HasSubstr(", 0 closed by the server"));
    expect_usage_error({kNobody, "--connection-requests", "5", "--pipeline", "2"},
                       "contradict each other");
}

TEST_F(LoadCommand, AsksTheRequestsOfAFile) {
    const TemporaryDirectory directory;
    write_text(directory / "sent.txt", "{sent}");
    write_text(directory / "requests.ini",
               "[request.list]\npath = /list\nweight = 3\n"
               "[request.add]\nmethod = POST\npath = /add\nbody_file = sent.txt\n"
               "expect_body = {length}\nheader.X-Id = {nonce}\n");
    std::uint64_t wrong = 0;
    serve([&](const AskedRequest& request) {
        wrong += request.target != "/app/add" || request.body == "{sent}" ? 0 : 1;
        return right(request.method == "POST" ? std::to_string(request.body.size()) : "list");
    });
    const auto run = load({"/app"}, {"--request-file", directory / "requests.ini", "-n", "200"});
    EXPECT_EQ(run.exit_code, 0) << run.out << run.err;
    EXPECT_EQ(by_target_["/app/list"], 150U);
    EXPECT_EQ(by_target_["/app/add"], 50U);
    EXPECT_EQ(wrong, 0U);
    EXPECT_THAT(run.out, HasSubstr(fmt::format("  {:<12} 150 planned, 150 ok, 0 failed", "list")));
    EXPECT_THAT(run.out, HasSubstr(fmt::format("  {:<12} 50 planned, 50 ok, 0 failed", "add")));
}

TEST_F(LoadCommand, TellsWhatIsWrongWithAFileOfRequests) {
    const TemporaryDirectory directory;
    const auto file = directory / "requests.ini";
    const auto expect_told = [&](const std::string& text, const std::string& said) {
        write_text(file, text);
        expect_usage_error({kNobody, "--request-file", file}, said);
    };
    expect_told("[request.list]\npth = /list\n", file + ":2: [request.list] knows no key \"pth\"");
    expect_told("[request.list]\npath = /{x}\n", file + ":2: path: \"{x}\" is no placeholder");
    expect_told("[profile.p]\n", "\"[profile.p]\" is not a request; allowed: [request.NAME]");
    expect_told("", "there is no [request.NAME] in it");
    std::string many;
    for (int i = 0; i < 65; ++i) {
        many += fmt::format("[request.r{}]\n", i);
    }
    expect_told(many, "has 65 requests; allowed: up to 64");
    write_text(file, "[request.list]\n");
    for (const auto& words : std::vector<Words>{{"-X", "POST"},
                                                {"-H", "A: b"},
                                                {"--body", "x"},
                                                {"--expect-body", "x"},
                                                {"--expect-header", "A: b"},
                                                {kNobody + "/other"}}) {
        Words all = {kNobody, "--request-file", file};
        all.insert(all.end(), words.begin(), words.end());
        expect_usage_error(all, "--request-file says what is asked and expected");
    }
    expect_usage_error({kNobody, "--request-file", directory / "none.ini"}, "none.ini");
}

TEST_F(LoadCommand, TellsWhatRequestsCannotBeTogether) {
    const TemporaryDirectory directory;
    const auto file = directory / "requests.ini";
    const std::vector<std::pair<std::string, std::string>> kFiles{
        {"weight = 0\n", "asks nothing"},
        {"take.x = header X\n", "only a flow has them"},
        {"path = /{take:x}\n", "which no earlier step of a flow takes"}};
    for (const auto& [keys, said] : kFiles) {
        write_text(file, "[request.a]\n" + keys);
        serve([](const AskedRequest& /*request*/) { return right("x"); });
        const auto run = load({"/"}, {"--request-file", file});
        EXPECT_EQ(run.exit_code, 2) << run.err;
        EXPECT_THAT(run.err, HasSubstr(said));
    }
    EXPECT_EQ(asked_, 0U);
}

TEST_F(LoadCommand, FailsIfItIsSaidSo) {
    struct Case {
        Words conditions;
        int exit_code;
        std::vector<std::string> told;
    };
    const std::vector<Case> kCases{
        {{"p99>1h", "failed>0", "rate<0.001", "mean>59m", "max>1h", "p50>1h"}, 0, {}},
        {{"mean<1h"}, 1, {"benchhost: failed: mean is ", " ms (mean<1h)\n"}},
        {{"p99 < 1h"}, 1, {"benchhost: failed: p99 is ", " ms (p99 < 1h)\n"}},
        {{"rate<1M/s", "failed>0", "p90<1h"},
         1,
         {"benchhost: failed: rate is ", "/s (rate<1M/s)\n", " ms (p90<1h)\n"}},
        {{"p99.9>1h"}, 1, {"benchhost: failed: p99.9 is not known (p99.9>1h)\n"}}};
    for (const auto& each : kCases) {
        SCOPED_TRACE(::testing::PrintToString(each.conditions));
        serve([](const AskedRequest& /*request*/) { return right("x"); });
        Words flags = {"-n", "200"};
        for (const auto& condition : each.conditions) {
            flags.insert(flags.end(), {"--fail-if", condition});
        }
        const auto run = load({"/"}, flags);
        EXPECT_EQ(run.exit_code, each.exit_code) << run.out << run.err;
        EXPECT_THAT(run.out, HasSubstr("200 ok, 0 failed"));
        for (const auto& told : each.told) {
            EXPECT_THAT(run.err, HasSubstr(told));
        }
        EXPECT_THAT(run.err, Not(HasSubstr("(failed>0)")));
        if (each.told.empty()) {
            EXPECT_THAT(run.err, Not(HasSubstr("failed:")));
        }
    }
}

TEST_F(LoadCommand, WhatFailedIsAShareOfAll) {
    serve([&](const AskedRequest& /*request*/) { return right(asked_ % 50 == 0 ? "y" : "x"); });
    const auto run = load({"/"}, {"-n", "200", "--expect-body", "x", "--fail-if", "failed>1%"});
    EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
    EXPECT_THAT(run.err, HasSubstr("benchhost: failed: failed is 2 % (failed>1%)\n"));
}

TEST_F(LoadCommand, TellsAConditionThatIsNone) {
    expect_usage_error({kNobody, "--fail-if", "p99"},
                       "--fail-if: \"p99\" is no condition; allowed:");
    expect_usage_error({kNobody, "--fail-if", "p99>50"}, "--fail-if: \"p99>50\": \"50\" is not a");
    expect_usage_error({kNobody, "--fail-if", "p50>1s", "--fail-if", "rps<1"}, "\"rps<1\"");
}

TEST_F(LoadCommand, TellsWhatCannotBeAsked) {
    expect_usage_error({kNobody, "-H", "nothing"},
                       "--header: \"nothing\" is no header field; write it as 'Name: value'");
    expect_usage_error({kNobody, "-H", "Content-Length: 3"},
                       "--header: header.Content-Length: is sent as the request needs it");
    expect_usage_error({kNobody, "--expect-header", "nothing"}, "--expect-header: \"nothing\"");
    expect_usage_error({kNobody, "-X", "post"}, "--method: method: \"post\" is no method");
    expect_usage_error({kNobody, "--body", "x"}, "--body: body: a GET, which is the default");
    expect_usage_error({kNobody, "-X", "HEAD", "--expect-body", "x"}, "never has a body");
    expect_usage_error({kNobody, "-X", "POST", "--body", "{nonsense}"},
                       "--body: body: \"{nonsense}\" is no placeholder");
    expect_usage_error({kNobody + "/{nonsense}"}, "URL: path: \"{nonsense}\" is no placeholder");
    expect_usage_error({kNobody, "-X", "POST", "--body", "x", "--body-file", "/none"},
                       "contradicts body = x");
    expect_usage_error({kNobody, "-X", "POST", "--body-file", "/none/such"}, "/none/such");
}

TEST_F(LoadCommand, SaysWhenNobodyAnswers) {
    const auto run = run_load({kNobody, "-X", "POST", "--body", "x", "-n", "5"});
    EXPECT_EQ(run.exit_code, 1) << run.out << run.err;
    EXPECT_THAT(run.err, AllOf(HasSubstr("http://127.0.0.1:1"), HasSubstr("connect-refused")));
}

}  // namespace
