// How one Python server is started: from its row, the user's options and what it has to answer.
#pragma once

#include "frameworks.hpp"

#include <benchhost/command.hpp>
#include <benchhost/values.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::python {

class PythonProgram {
  public:
    explicit PythonProgram(const Framework& framework) : framework_(framework) {}

    void configure(const sdk::Settings& settings, const std::vector<sdk::Route>& routes);
    /// Writes the bodies into `directory`, from where the app reads them.
    sdk::Program program(const sdk::Endpoint& endpoint, const std::string& directory) const;
    /// apps/probe.py: imports what is needed and tells the versions.
    sdk::Program probe() const;

  private:
    std::vector<std::string> server_command(const sdk::Endpoint& endpoint, int inherited_fd) const;
    std::string interpreter() const;

    const Framework& framework_;
    std::string interpreter_;  ///< as the user set it, or empty
    std::string server_;
    bool inherits_socket_ = false;
    bool access_log_ = false;
    std::string workers_;
    std::vector<std::pair<std::string, std::string>> user_environment_;
    std::vector<sdk::Route> routes_;
    std::filesystem::path folder_;  ///< python/ beside this library
};

}  // namespace benchhost::python
