// A request costs no allocation, whatever becomes of it: a longer run with many more requests
// allocates no more often.
#include "core/load/load.hpp"
#include "core/servers/null_server.hpp"
#include "tests/fixtures/eventually.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <new>

namespace {

std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    void* memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace benchhost::load {
namespace {

using namespace std::chrono_literals;

struct Cost {
    std::uint64_t requests = 0;
    std::uint64_t allocations = 0;
};

std::size_t open_descriptors() {
    namespace fs = std::filesystem;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), {}));
}

/// A run counts the descriptors that are open, which allocates for each: those of the server's
/// connections of the run before have to be gone.
Cost run(LoadSpec spec, Nanoseconds duration, std::size_t descriptors) {
    EXPECT_TRUE(fixtures::eventually([&] { return open_descriptors() <= descriptors; }));
    spec.duration = duration;
    const std::atomic<bool> stop{false};
    const std::uint64_t before = allocations.load();
    const auto report = run_load(spec, stop);
    EXPECT_TRUE(report.has_value());
    return {report->books.ok + report->books.failed, allocations.load() - before};
}

void expect_none_per_request(const LoadSpec& spec) {
    const auto descriptors = open_descriptors();
    (void)run(spec, 50ms, descriptors);
    const Cost less = run(spec, 100ms, descriptors);
    const Cost more = run(spec, 900ms, descriptors);
    ASSERT_GT(more.requests, less.requests + 200);
    // Setting a run up allocates, now more, now less; a single one for each request would be four
    // times as many as this.
    EXPECT_LE(more.allocations, less.allocations + (more.requests - less.requests) / 4)
        << less.requests << " and " << more.requests << " requests";
}

TEST(Allocation, NonePerRequest) {
    auto listener = servers::listen_tcp("127.0.0.1");
    ASSERT_TRUE(listener.has_value());
    auto server = servers::NullServer::start(std::move(*listener),
                                             {servers::canned_answer("Hello World!"), {}});
    ASSERT_TRUE(server.has_value());
    LoadSpec spec;
    spec.target = (*server)->target();
    spec.expectation.body = "Hello World!";
    spec.model = model::ClosedLoop{16};
    expect_none_per_request(spec);
    spec.pipeline = 4;
    expect_none_per_request(spec);
    spec.pipeline = 1;
    model::OpenLoop open;
    open.rate = 1000;
    open.connections = 16;
    spec.model = open;
    expect_none_per_request(spec);
    spec.model = model::VirtualUsers{16, 1000, {1ms, 5ms}};
    expect_none_per_request(spec);
}

model::RequestSpec drawn(std::string method, std::uint32_t weight) {
    model::RequestSpec request;
    request.name = method;
    request.method = std::move(method);
    request.path = "/{nonce}/{rand:1..1000}?user={user}";
    request.expect_body = model::BodySpec{"{pick:greetings}", false};
    request.weight = weight;
    return request;
}

TEST(Allocation, NonePerRequestThatIsDrawn) {
    auto listener = servers::listen_tcp("127.0.0.1");
    ASSERT_TRUE(listener.has_value());
    auto server = servers::NullServer::start(std::move(*listener),
                                             {servers::canned_answer("Hello World!"), {}});
    ASSERT_TRUE(server.has_value());
    LoadSpec spec;
    spec.target = (*server)->target();
    spec.picks["greetings"] = {"Hello World!"};
    spec.model = model::ClosedLoop{16};
    spec.requests = {drawn("GET", 1)};
    expect_none_per_request(spec);
    spec.pipeline = 4;
    expect_none_per_request(spec);
    // Of each way to write one: drawn, with a drawn body, fixed, with a long fixed body.
    auto post = drawn("POST", 3);
    post.body = model::BodySpec{"id={seq}&key={nonce}", false};
    auto fixed = drawn("OPTIONS", 2);
    fixed.path = "/text";
    auto put = drawn("PUT", 1);
    put.body = model::BodySpec{std::string(20'000, 'x'), true};
    spec.requests = {drawn("GET", 4), post, fixed, put};
    expect_none_per_request(spec);
    spec.pipeline = 1;
    expect_none_per_request(spec);
    spec.duration = 100ms;
    const auto report = run_load(spec, std::atomic<bool>{false});
    ASSERT_TRUE(report.has_value());
    EXPECT_GT(report->books.ok, 0U);
    EXPECT_EQ(report->books.failed, 0U);
}

TEST(Allocation, NonePerRequestThatFails) {
    auto listener = servers::listen_tcp("127.0.0.1");
    ASSERT_TRUE(listener.has_value());
    auto server =
        servers::NullServer::start(std::move(*listener), {"SMTP " + std::string(4000, 'x'), {}});
    ASSERT_TRUE(server.has_value());
    LoadSpec spec;
    spec.target = (*server)->target();
    // Each backs off for longer and longer.
    spec.model = model::ClosedLoop{200};
    expect_none_per_request(spec);
}

}  // namespace
}  // namespace benchhost::load
