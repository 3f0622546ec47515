// What a suite tells while it runs; the command line turns it into a progress line.
#pragma once

#include "core/load/load.hpp"
#include "core/model/trial_spec.hpp"
#include "core/results/results.hpp"

#include <cstddef>
#include <string>

namespace benchhost::suite {

/// All calls come from the thread that runs the suite.
class SuiteObserver {
  public:
    virtual ~SuiteObserver() = default;
    virtual void on_suite_begin(std::size_t trials, std::size_t already_done) = 0;
    virtual void on_trial_begin(const model::TrialSpec& trial, std::size_t number) = 0;
    virtual void on_progress(const load::Progress& progress) = 0;
    virtual void on_trial_end(const results::Trial& trial, std::size_t number) = 0;
    virtual void on_warning(const std::string& message) = 0;
};

}  // namespace benchhost::suite
