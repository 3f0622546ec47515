// Which trials a comparison could not use, and why. For unpaired.cpp and paired.cpp only.
#pragma once

#include "core/results/results.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace benchhost::compare {

/// Counts trials whose rates and times are not comparable and says so in one line a side and cause.
class LeftOut {
  public:
    void count(const std::string& side, const results::Trial& trial);
    std::vector<std::string> warnings() const;

  private:
    std::map<std::string, std::size_t> all_;  // by side
    std::map<std::pair<std::string, std::string>, std::size_t> causes_;
};

}  // namespace benchhost::compare
