// Every finished trial on disk before the next begins, so that nothing measured is ever lost.
#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/results/results.hpp"
#include "core/suite/plan.hpp"
#include "core/suite/suite_request.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace benchhost::suite {

/// The folder of one suite: journal/manifest.json (what was asked, on which machine, with which
/// plugins), journal/servers.json (what the first run found of them), journal/<number>.json (one
/// finished trial each; <number>-<attempt>.json where the machine spoilt it), and at the end
/// results.json and the reports. One process at a time; a lock file holds a second one off.
class Journal {
  public:
    /// Makes `directory` (its parents too) and writes the manifest. Error of code usage when it
    /// cannot be written or holds a journal already.
    static Result<Journal> create(const std::filesystem::path& directory,
                                  const PreparedSuite& suite,
                                  const std::map<std::string, std::string>& machine);

    /// The flags a journal was begun with.
    static Result<SuiteRequest> read_request(const std::filesystem::path& directory);

    /// Opens a journal to go on with it. Refuses, and says which, when config, plan, a file that is
    /// measured or the machine are not what they were; what else has changed is a warning.
    static Result<Journal> reopen(const std::filesystem::path& directory,
                                  const PreparedSuite& suite,
                                  const std::map<std::string, std::string>& machine);

    const std::filesystem::path& directory() const { return directory_; }
    const std::string& created_at() const { return created_at_; }

    /// What the user should know and need not stop for: no lock could be had, or something has
    /// changed that leaves the machine the same.
    const std::vector<std::string>& warnings() const { return warnings_; }

    /// Numbers (from 0, in plan order) of the trials that are there. The trials themselves stay on
    /// the disk, so that a long suite needs no more memory than a short one while it runs: 40 bytes
    /// a trial here, and nothing else (tests/integration/suite counts them).
    const std::set<std::size_t>& finished() const { return finished_; }

    /// How many attempts at a trial the machine spoilt, by its number.
    const std::map<std::size_t, std::size_t>& spoilt() const { return spoilt_; }

    /// All of them in the order they ran; the latest attempt at each trial is superseded by none.
    /// The error (code data) names the file that is damaged.
    Result<std::vector<results::Trial>> read_trials() const;

    /// Written whole, flushed, renamed. An error (environment) says why, such as a full disk.
    Status add(std::size_t number, const results::Trial& trial);
    /// Likewise, for an attempt that another one will stand in for.
    Status add_spoilt(std::size_t number, const results::Trial& trial);

  private:
    Journal(const std::filesystem::path& directory, std::string created_at);
    Status lock();
    void tidy(const config::SuiteConfig& config) const;
    Status find_finished(const Plan& plan);

    std::filesystem::path directory_;
    std::string created_at_;
    std::vector<std::string> warnings_;
    UniqueFd lock_;
    std::set<std::size_t> finished_;
    std::map<std::size_t, std::size_t> spoilt_;
};

}  // namespace benchhost::suite
