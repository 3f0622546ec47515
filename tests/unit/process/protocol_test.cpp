#include "core/process/protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace benchhost::process {
namespace {

using testing::HasSubstr;

TEST(Protocol, AStartMessageArrivesAsItWasSent) {
    StartRequest request;
    request.plugin = "/plugins/asio.so";
    request.server = "asio";
    request.options = {{"b", "2"}, {"a", "quote \" backslash \\"}};
    request.routes = {{model::Route::text, "text/plain", std::string("zero\0\n\xFF", 7), {}},
                      {model::Route::file, "application/octet-stream", "", "/tmp/payload.bin"}};
    request.address = "::1";
    request.port = 65535;
    request.threads = 3;
    request.limits = {{0, 5}, 64ULL << 30U, 999'999, 100};
    request.user = machine::User{"nobody", 65534, 65533, {65533, 7}, "/nonexistent", "/bin/false"};
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
    EXPECT_EQ(decoded->routes[1].route, model::Route::file);
    EXPECT_EQ(decoded->routes[1].file, "/tmp/payload.bin");
    EXPECT_EQ(decoded->address, "::1");
    EXPECT_EQ(decoded->port, 65535);
    EXPECT_EQ(decoded->threads, 3U);
    EXPECT_EQ(decoded->limits.cpus, request.limits.cpus);
    EXPECT_EQ(decoded->limits.memory, request.limits.memory);
    EXPECT_EQ(decoded->limits.nofile, request.limits.nofile);
    EXPECT_EQ(decoded->limits.processes, request.limits.processes);
    ASSERT_TRUE(decoded->user);
    EXPECT_EQ(decoded->user->name, "nobody");
    EXPECT_EQ(decoded->user->id, 65534U);
    EXPECT_EQ(decoded->user->group, 65533U);
    EXPECT_EQ(decoded->user->groups, request.user->groups);
    EXPECT_EQ(decoded->user->home, "/nonexistent");
    EXPECT_EQ(decoded->user->shell, "/bin/false");
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
    EXPECT_FALSE(decoded->user);
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
    event.end.emplace();
    event.end->outcome = "killed by SIGSEGV";
    event.end->by_sigterm = true;
    event.end->forced = true;
    event.end->tree_gone = true;
    event.end->survivors = {"worker(12)"};
    event.end->out_of_memory = "limit 64MiB";
    event.end->processes_refused = "the limit of 50 processes and threads was reached 3 times";
    event.end->listening = {"127.0.0.1:80"};
    event.end->unseen = {"worker(13)"};
    event.end->printed = 123'456;
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
    EXPECT_EQ(decoded->end->outcome, event.end->outcome);
    EXPECT_TRUE(decoded->end->by_sigterm);
    EXPECT_TRUE(decoded->end->forced);
    EXPECT_FALSE(decoded->end->exited_zero);
    EXPECT_FALSE(decoded->end->after_stop);
    EXPECT_TRUE(decoded->end->tree_gone);
    EXPECT_EQ(decoded->end->survivors, event.end->survivors);
    EXPECT_EQ(decoded->end->out_of_memory, event.end->out_of_memory);
    EXPECT_EQ(decoded->end->processes_refused, event.end->processes_refused);
    EXPECT_EQ(decoded->end->listening, event.end->listening);
    EXPECT_EQ(decoded->end->unseen, event.end->unseen);
    EXPECT_EQ(decoded->end->printed, event.end->printed);
}

TEST(Protocol, WhatAPluginLeftBehindArrives) {
    Event event;
    event.kind = Event::Kind::destroyed;
    event.left = Leftovers{{"socket:[4711]", "/a/file"}, 3, true};
    const auto decoded = decode_event(encode(event));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_EQ(decoded->kind, event.kind);
    EXPECT_EQ(decoded->left->descriptors, event.left->descriptors);
    EXPECT_EQ(decoded->left->threads, 3U);
    EXPECT_TRUE(decoded->left->own_runtime);
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
         {"", "not json", "[]", "{}", R"({"kind":7})", R"({"kind":"sing"})"}) {
        EXPECT_FALSE(decode_start_request(nonsense)) << nonsense;
        EXPECT_FALSE(decode_event(nonsense)) << nonsense;
        EXPECT_FALSE(decode_command(nonsense)) << nonsense;
    }
}

// `text` with what stands there instead of `from`.
std::string changed(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from << " in " << text;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Protocol, AWordThatIsNotKnownIsAnErrorThatNamesIt) {
    const auto event =
        decode_event(changed(encode(Event{}), R"("stage":"spawned")", R"("stage":"napping")"));
    ASSERT_FALSE(event);
    EXPECT_THAT(event.error().message, HasSubstr("stage: one of spawned, configured, ready"));
    EXPECT_THAT(event.error().message, HasSubstr("\"napping\""));
    StartRequest start;
    start.routes = {{model::Route::text, "text/plain", "Hello", {}}};
    const auto request = decode_start_request(changed(encode(start), R"("text")", R"("song")"));
    ASSERT_FALSE(request);
    EXPECT_THAT(request.error().message, HasSubstr("routes[0].route"));
}

TEST(Protocol, WhatIsMissingOrWrongIsAnErrorThatNamesIt) {
    const auto pid = decode_event(changed(encode(Event{}), R"("pid":0,)", ""));
    ASSERT_FALSE(pid);
    EXPECT_THAT(pid.error().message, HasSubstr("pid: is missing"));
    const auto whole = encode(StartRequest{});
    EXPECT_THAT(decode_start_request(changed(whole, R"("routes":[],)", "")).error().message,
                HasSubstr("routes: is missing"));
    EXPECT_THAT(
        decode_start_request(changed(whole, R"("cpus":[])", R"("cpus":[-1])")).error().message,
        HasSubstr("limits.cpus[0]"));
    EXPECT_THAT(
        decode_start_request(changed(whole, R"("port":0)", R"("port":65536)")).error().message,
        HasSubstr("port: 65536 is too large"));
    EXPECT_THAT(decode_start_request(changed(whole, R"("options":[])", R"("options":[["a"]])"))
                    .error()
                    .message,
                HasSubstr("options[0]"));
    EXPECT_THAT(decode_command(R"({"kind":"stop"})").error().message,
                HasSubstr("patience: is missing"));
}

TEST(Protocol, MegabytesOfAnyBytesArriveExactly) {
    std::string body;
    for (std::uint32_t i = 0; body.size() < 3'000'000; ++i) {
        body += static_cast<char>((i * 2'654'435'761U) >> 24U);
    }
    for (int byte = 0; byte < 256; ++byte) {
        body += static_cast<char>(byte);
    }
    StartRequest request;
    request.routes = {{model::Route::text, "text/plain", body, {}}};
    const auto decoded = decode_start_request(encode(request));
    ASSERT_TRUE(decoded) << decoded.error().message;
    EXPECT_TRUE(decoded->routes[0].body == body);
}

}  // namespace
}  // namespace benchhost::process
