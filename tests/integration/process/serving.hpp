// What the tests of whole server processes share: where things are, and whether anything is left.
#pragma once

#include "core/process/server_process.hpp"
#include "tests/fixtures/eventually.hpp"

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::process::testing {

std::filesystem::path serve_executable();
std::filesystem::path fixture_plugin(const std::string& name);  ///< "good"
std::filesystem::path tiny_program();
std::filesystem::path no_close_range();  ///< for LD_PRELOAD

using fixtures::eventually;

/// Connects and closes again; for fixtures that wait for it.
void touch(std::uint16_t port);
/// The whole answer to one request, "" when there is none.
std::string http_get(std::uint16_t port, const std::string& path);

/// A folder of its own for each test, and a mark in the environment that every process started
/// under it inherits: what is left of a tree is found whatever it has done to get away.
class Serving {
  public:
    Serving();
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    ~Serving();

    const std::filesystem::path& directory() const { return directory_; }
    /// The four routes, port 0, and a minute for everything.
    StartRequest request(const std::string& plugin, const std::string& server) const;

    /// Processes with our mark but this one.
    std::vector<pid_t> left() const;
    /// Waits until there are none.
    bool nothing_left() const;

  private:
    std::filesystem::path directory_;
    std::string mark_;
};

}  // namespace benchhost::process::testing
