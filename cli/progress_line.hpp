// The suite as it is watched: one live line on a terminal, one plain line a trial elsewhere.
#pragma once

#include "core/suite/observer.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace benchhost::cli {

/// Writes to stderr. One thread.
class ProgressLine : public suite::SuiteObserver {
  public:
    /// `live`: keep one line up to date (a terminal); else a line for each finished trial.
    ProgressLine(bool live, bool quiet) : live_(live), quiet_(quiet) {}

    void on_suite_begin(std::size_t trials, std::size_t already_done) override;
    void on_trial_begin(const model::TrialSpec& trial, std::size_t number) override;
    void on_progress(const load::Progress& progress) override;
    void on_trial_end(const results::Trial& trial, std::size_t number) override;
    void on_warning(const std::string& message) override;

    /// Removes the live line.
    void finish() const { clear(); }

  private:
    void show(const std::string& text) const;
    void clear() const;

    bool live_;
    bool quiet_;
    std::size_t trials_ = 0;
    std::string label_;
};

}  // namespace benchhost::cli
