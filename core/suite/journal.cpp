#include "core/suite/journal.hpp"

#include "core/base/file.hpp"
#include "core/suite/manifest.hpp"
#include "core/trial/clock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;
fs::path trial_path(const fs::path& directory, std::size_t number) {
    return directory / "journal" / fmt::format("{:05}.json", number);
}

fs::path attempt_path(const fs::path& directory, std::size_t number, std::size_t attempt) {
    return directory / "journal" / fmt::format("{:05}-{}.json", number, attempt);
}

Result<results::Trial> read_trial(const fs::path& path) {
    const auto text = read_file(path, results::kMostBytes);
    if (!text) {
        return Error{ErrorCode::data, text.error().message};
    }
    auto trial = results::parse_trial(*text);
    return trial ? trial : with_context(path.string(), trial.error());
}

/// Also an error when it is not the trial that the plan has there.
Status check_trial(const fs::path& path, const model::TrialSpec& spec) {
    const auto trial = read_trial(path);
    if (!trial) {
        return trial.error();
    }
    if (trial->server != spec.server || trial->profile != spec.profile ||
        trial->round != spec.round) {
        return Error{ErrorCode::data,
                     fmt::format("{}: holds {} {} round {} where the plan has {} {} round {}",
                                 path.string(), trial->server, trial->profile, trial->round,
                                 spec.server, spec.profile, spec.round)};
    }
    return {};
}

}  // namespace

// Absolute, because servers run in folders of their own below it.
Journal::Journal(const fs::path& directory, std::string created_at)
    : directory_(fs::absolute(directory)), created_at_(std::move(created_at)) {}

Status Journal::lock() {
    const auto path = directory_ / "journal" / "lock";
    lock_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock_.is_open()) {
        return system_error(ErrorCode::usage, "cannot write " + path.string(), errno);
    }
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) {
        return {};
    }
    if (errno == EWOULDBLOCK) {
        return Error{ErrorCode::usage, fmt::format("{}: another benchhost is running this suite",
                                                   directory_.string())};
    }
    // File systems of clusters often have no locks; the results can be written all the same.
    warnings_.push_back(fmt::format(
        "{} cannot be locked ({}), so nothing would hold a second benchhost off this folder",
        path.string(), std::generic_category().message(errno)));
    return {};
}

// With the lock, nobody else is writing here.
void Journal::tidy(const config::SuiteConfig& config) const {
    remove_unfinished(directory_ / "journal",
                      [](const std::string& name) { return name.ends_with(".json"); });
    remove_unfinished(directory_, [&](const std::string& name) {
        return std::find(config::kRunFiles.begin(), config::kRunFiles.end(), name) !=
                   config::kRunFiles.end() ||
               std::any_of(config.profiles.begin(), config.profiles.end(),
                           [&](const auto& profile) { return profile.csv == name; });
    });
}

Result<Journal> Journal::create(const fs::path& directory, const PreparedSuite& suite,
                                const std::map<std::string, std::string>& machine) {
    std::error_code error;
    fs::create_directories(directory / "journal", error);
    if (error) {
        return system_error(ErrorCode::usage,
                            "cannot make the results folder " + directory.string(), error.value());
    }
    Journal journal(directory, trial::utc_now());
    if (auto locked = journal.lock(); !locked) {
        return locked.error();
    }
    if (fs::exists(manifest_path(directory), error)) {
        return Error{ErrorCode::usage,
                     fmt::format("{} holds the results of another run: choose another --out, or go "
                                 "on with it by --resume {}",
                                 directory.string(), directory.string())};
    }
    journal.tidy(suite.config);
    if (auto written = write_manifest(directory, suite, machine, journal.created_at_); !written) {
        return Error{ErrorCode::usage, written.error().message};
    }
    return journal;
}

Result<SuiteRequest> Journal::read_request(const fs::path& directory) {
    return requested_in(directory);
}

Result<Journal> Journal::reopen(const fs::path& directory, const PreparedSuite& suite,
                                const std::map<std::string, std::string>& machine) {
    auto begun = same_as_begun(directory, suite, machine);
    if (!begun) {
        return begun.error();
    }
    Journal journal(directory, begun->created_at);
    journal.warnings_ = std::move(begun->warnings);
    if (auto locked = journal.lock(); !locked) {
        return locked.error();
    }
    journal.tidy(suite.config);
    if (auto found = journal.find_finished(suite.plan); !found) {
        return found.error();
    }
    return journal;
}

Status Journal::find_finished(const Plan& plan) {
    std::error_code error;
    for (std::size_t number = 0; number < plan.size(); ++number) {
        while (fs::exists(attempt_path(directory_, number, spoilt_[number] + 1), error)) {
            const auto path = attempt_path(directory_, number, ++spoilt_[number]);
            if (auto right = check_trial(path, plan[number]); !right) {
                return right;
            }
        }
        const auto path = trial_path(directory_, number);
        if (fs::exists(path, error)) {
            if (auto right = check_trial(path, plan[number]); !right) {
                return right;
            }
            finished_.insert(number);
        }
    }
    return {};
}

Result<std::vector<results::Trial>> Journal::read_trials() const {
    auto numbers = finished_;
    for (const auto& [number, attempts] : spoilt_) {
        numbers.insert(number);
    }
    std::vector<results::Trial> trials;
    const auto add = [&](const fs::path& path) -> Status {
        auto trial = read_trial(path);
        if (!trial) {
            return trial.error();
        }
        trials.push_back(std::move(*trial));
        return {};
    };
    for (const auto number : numbers) {
        const auto spoilt = spoilt_.find(number);
        const std::size_t attempts = spoilt == spoilt_.end() ? 0 : spoilt->second;
        for (std::size_t attempt = 1; attempt <= attempts; ++attempt) {
            if (auto read = add(attempt_path(directory_, number, attempt)); !read) {
                return read.error();
            }
        }
        if (finished_.count(number) == 0) {
            if (attempts > 0) {
                trials.back().superseded = false;  // its repeat did not run: nothing stands in yet
            }
        } else if (auto read = add(trial_path(directory_, number)); !read) {
            return read.error();
        }
    }
    return trials;
}

Status Journal::add(std::size_t number, const results::Trial& trial) {
    auto written = results::write_file(trial_path(directory_, number), results::to_json(trial));
    if (written) {
        finished_.insert(number);
    }
    return written;
}

Status Journal::add_spoilt(std::size_t number, const results::Trial& trial) {
    const auto path = attempt_path(directory_, number, spoilt_[number] + 1);
    auto written = results::write_file(path, results::to_json(trial));
    if (written) {
        ++spoilt_[number];
    }
    return written;
}

}  // namespace benchhost::suite
