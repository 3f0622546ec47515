// What a suite keeps of its trials in memory, counted byte by byte: that they are on the disk.
#include "core/servers/listener.hpp"
#include "core/servers/null_server.hpp"
#include "core/suite/suite_runner.hpp"
#include "tests/fixtures/command.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string>

namespace {

std::atomic<std::int64_t> allocated{0};

void* counted(std::size_t size) {
    void* memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    allocated += static_cast<std::int64_t>(::malloc_usable_size(memory));
    return memory;
}

void freed(void* memory) {
    allocated -= static_cast<std::int64_t>(::malloc_usable_size(memory));
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void* operator new[](std::size_t size) { return counted(size); }
void operator delete(void* memory) noexcept { freed(memory); }
void operator delete[](void* memory) noexcept { freed(memory); }
void operator delete(void* memory, std::size_t) noexcept { freed(memory); }
void operator delete[](void* memory, std::size_t) noexcept { freed(memory); }

namespace benchhost::suite {
namespace {

constexpr std::uint32_t kTrials = 100;

/// How much is allocated when each trial begins: the one before is gone then.
class Looks : public SuiteObserver {
  public:
    void on_suite_begin(std::size_t /*trials*/, std::size_t /*already_done*/) override {}
    void on_trial_begin(const model::TrialSpec& /*trial*/, std::size_t number) override {
        looks_.at(number) = allocated.load();
    }
    void on_progress(const load::Progress& /*progress*/) override {}
    void on_trial_end(const results::Trial& /*trial*/, std::size_t number) override {
        ended_ += number == ended_ ? 1 : 0;
    }
    void on_warning(const std::string& /*message*/) override {}

    std::size_t ended() const { return ended_; }
    /// The server, which is in this process, may be late to forget a connection.
    std::int64_t least(std::size_t from, std::size_t to) const {
        return *std::min_element(looks_.begin() + from, looks_.begin() + to);
    }

  private:
    std::array<std::int64_t, kTrials> looks_{};
    std::size_t ended_ = 0;
};

/// A suite of many short trials on a server that is there already.
PreparedSuite suite_of(const fixtures::TemporaryDirectory& directory, const http::Target& server) {
    fixtures::write_text(directory / "suite.ini",
                         "[suite]\nservers = null\nrepeats = " + std::to_string(kTrials) +
                             "\nretries = 0\ncalm = 0\n[profile.text]\nroute = text\n"
                             "load = closed\nconnections = 4\nduration = 5ms\nwarmup = 0\n");
    SuiteRequest request;
    request.config = directory / "suite.ini";
    plugin::ServerUnderTest null;
    null.id = "null";
    null.url = "http://127.0.0.1:" + std::to_string(server.port);
    return make_suite(request, requested_config(request).value(), {null}, "/nonexistent").value();
}

TEST(SuiteMemory, HoldsOfATrialThatItIsOnTheDisk) {
    const fixtures::TemporaryDirectory directory;
    servers::NullServer::Options options;
    options.answer =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n"
        "Hello World!";
    const auto server =
        servers::NullServer::start(servers::listen_tcp("127.0.0.1").value(), options).value();
    const auto suite = suite_of(directory, server->target());
    auto journal = Journal::create(directory / "out", suite, {}).value();
    auto generator = trial::local_generator(suite.cpus);
    Looks looks;
    const std::atomic<bool> interrupted{false};
    const auto results = run_suite(suite, journal, {}, {generator, looks, interrupted});
    ASSERT_TRUE(results) << results.error().message;
    ASSERT_EQ(results->trials.size(), kTrials);
    ASSERT_EQ(looks.ended(), kTrials);
    // Its number, in the journal's set of those that are finished: 40 bytes, as the allocator
    // rounds.
    constexpr std::int64_t kOfATrial = 48;
    const auto early = looks.least(20, 40);
    const auto late = looks.least(kTrials - 20, kTrials);
    EXPECT_LE(late - early, kOfATrial * (kTrials - 40)) << early << " bytes, then " << late;
}

}  // namespace
}  // namespace benchhost::suite
