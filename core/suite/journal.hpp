// Every finished trial on disk before the next begins, so that nothing measured is ever lost.
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/plan/plan.hpp"
#include "core/results/results.hpp"
#include "core/suite/suite_request.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace benchhost::suite {

/// The folder of one suite: journal/manifest.json (what was asked, on which machine, with which
/// plugins), journal/<number>.json (one finished trial each), and at the end results.json and the
/// reports. One process at a time; a lock file holds a second one off.
class Journal {
  public:
    /// Makes `directory` (its parents too) and writes the manifest. Error of code usage when it
    /// cannot be written or holds a journal already.
    static Result<Journal> create(const std::filesystem::path& directory,
                                  const PreparedSuite& suite,
                                  const std::map<std::string, std::string>& machine);

    /// The flags a journal was begun with.
    static Result<SuiteRequest> read_request(const std::filesystem::path& directory);

    /// Opens a journal to go on with it. Refuses, and says which, when config, plan, a plugin file
    /// or the machine are not what they were.
    static Result<Journal> reopen(const std::filesystem::path& directory,
                                  const PreparedSuite& suite,
                                  const std::map<std::string, std::string>& machine);

    const std::filesystem::path& directory() const { return directory_; }
    const std::string& created_at() const { return created_at_; }

    /// Numbers (from 0, in plan order) of the trials that are already there, and the trials.
    const std::map<std::size_t, results::Trial>& finished() const { return finished_; }

    /// Written whole, flushed, renamed. An error (environment) says why, such as a full disk.
    Status add(std::size_t number, const results::Trial& trial);

  private:
    Journal(const std::filesystem::path& directory, std::string created_at);
    Status lock();
    Status read_finished(const plan::Plan& plan);

    std::filesystem::path directory_;
    std::string created_at_;
    UniqueFd lock_;
    std::map<std::size_t, results::Trial> finished_;
};

}  // namespace benchhost::suite
