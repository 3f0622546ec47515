#include "core/process/protocol.hpp"

#include <gtest/gtest.h>

namespace benchhost::process {
namespace {

TEST(Protocol, AStartMessageArrivesAsItWasSent) {
    StartRequest request;
    request.plugin = "/plugins/asio.so";
    request.server = "asio";
    request.options = {{"b", "2"}, {"a", "quote \" backslash \\"}};
    request.routes = {{"text", "/text", "text/plain", std::string("zero\0\n\xFF", 7), {}},
                      {"file", "/file", "application/octet-stream", "", "/tmp/payload.bin"}};
    request.address = "::1";
    request.port = 65535;
    request.threads = 3;
    request.limits = {{0, 5}, 64ULL << 30U, 999'999, 100};
    request.directory = "/tmp/trial";
    request.echo_log = true;
    const auto decoded = decode_start_request(encode(request));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->plugin, request.plugin);
    EXPECT_EQ(decoded->server, request.server);
    EXPECT_EQ(decoded->options, request.options);
    ASSERT_EQ(decoded->routes.size(), 2U);
    EXPECT_EQ(decoded->routes[0].body, request.routes[0].body);
    EXPECT_EQ(decoded->routes[0].content_type, "text/plain");
    EXPECT_EQ(decoded->routes[1].kind, "file");
    EXPECT_EQ(decoded->routes[1].file, "/tmp/payload.bin");
    EXPECT_EQ(decoded->address, "::1");
    EXPECT_EQ(decoded->port, 65535);
    EXPECT_EQ(decoded->threads, 3U);
    EXPECT_EQ(decoded->limits.cpus, request.limits.cpus);
    EXPECT_EQ(decoded->limits.memory, request.limits.memory);
    EXPECT_EQ(decoded->limits.nofile, request.limits.nofile);
    EXPECT_EQ(decoded->limits.processes, request.limits.processes);
    EXPECT_EQ(decoded->directory, request.directory);
    EXPECT_TRUE(decoded->echo_log);
}

TEST(Protocol, WhatIsNotSetStaysUnset) {
    const auto decoded = decode_start_request(encode(StartRequest{}));
    ASSERT_TRUE(decoded);
    EXPECT_TRUE(decoded->limits.cpus.empty());
    EXPECT_FALSE(decoded->limits.memory);
    EXPECT_FALSE(decoded->limits.nofile);
    EXPECT_FALSE(decoded->limits.processes);
}

TEST(Protocol, EventsArriveAsTheyWereSent) {
    Event event;
    event.kind = Event::Kind::exited;
    event.pid = 4711;
    event.place = {8080, "/run/it.sock"};
    event.stage = Stage::stopping;
    event.reason = "why";
    event.limits = {{"cpus", "0-1"}};
    event.log = {"one", "two"};
    event.end.outcome = "killed by SIGSEGV";
    event.end.by_sigterm = true;
    event.end.forced = true;
    event.end.tree_gone = true;
    event.end.survivors = {"worker(12)"};
    event.end.out_of_memory = "limit 64MiB";
    event.end.processes_refused = "the limit of 50 processes and threads was reached 3 times";
    event.end.listening = {"80"};
    event.end.printed = 123'456;
    const auto decoded = decode_event(encode(event));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->kind, event.kind);
    EXPECT_EQ(decoded->pid, event.pid);
    EXPECT_EQ(decoded->place.port, 8080);
    EXPECT_EQ(decoded->place.unix_socket, "/run/it.sock");
    EXPECT_EQ(decoded->stage, event.stage);
    EXPECT_EQ(decoded->reason, event.reason);
    EXPECT_EQ(decoded->limits, event.limits);
    EXPECT_EQ(decoded->log, event.log);
    EXPECT_EQ(decoded->end.outcome, event.end.outcome);
    EXPECT_TRUE(decoded->end.by_sigterm);
    EXPECT_TRUE(decoded->end.forced);
    EXPECT_FALSE(decoded->end.exited_zero);
    EXPECT_FALSE(decoded->end.after_stop);
    EXPECT_TRUE(decoded->end.tree_gone);
    EXPECT_EQ(decoded->end.survivors, event.end.survivors);
    EXPECT_EQ(decoded->end.out_of_memory, event.end.out_of_memory);
    EXPECT_EQ(decoded->end.processes_refused, event.end.processes_refused);
    EXPECT_EQ(decoded->end.listening, event.end.listening);
    EXPECT_EQ(decoded->end.printed, event.end.printed);
}

TEST(Protocol, WhatAPluginLeftBehindArrives) {
    Event event;
    event.kind = Event::Kind::destroyed;
    event.left = {{"socket:[4711]", "/a/file"}, 3, true};
    const auto decoded = decode_event(encode(event));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->kind, event.kind);
    EXPECT_EQ(decoded->left.descriptors, event.left.descriptors);
    EXPECT_EQ(decoded->left.threads, 3U);
    EXPECT_TRUE(decoded->left.own_runtime);
}

TEST(Protocol, CommandsArriveAsTheyWereSent) {
    const auto decoded =
        decode_command(encode(Command{Command::Kind::stop, std::chrono::milliseconds(1500)}));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->kind, Command::Kind::stop);
    EXPECT_EQ(decoded->patience, std::chrono::milliseconds(1500));
}

TEST(Protocol, NonsenseIsAnErrorAndNotAnException) {
    for (const auto* nonsense :
         {"", "not json", "[]", "{}", R"({"type":7})", R"({"type":"sing"})"}) {
        EXPECT_FALSE(decode_start_request(nonsense)) << nonsense;
        EXPECT_FALSE(decode_event(nonsense)) << nonsense;
        EXPECT_FALSE(decode_command(nonsense)) << nonsense;
    }
    EXPECT_FALSE(decode_start_request(R"({"type":"start","options":[1]})"));
    EXPECT_FALSE(decode_start_request(R"({"type":"start","routes":["text"]})"));
}

}  // namespace
}  // namespace benchhost::process
