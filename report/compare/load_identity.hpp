// Whether two results measured the same thing, by all that is known of what was asked for.
#pragma once

#include "core/results/results.hpp"

#include <map>
#include <string>
#include <vector>

namespace benchhost::compare {

/// Values by the names that the config has for them: "timeout" -> "2s".
using Asked = std::map<std::string, std::string>;

Asked asked_of(const results::LimitsInfo& limits);

/// What was asked of each server under each profile. What may differ by chance (the seed) or should
/// (the build of the server) is not among it. Borrows the results.
class LoadIdentities {
  public:
    explicit LoadIdentities(const results::ResultSet& results);

    /// Empty where less is known than all of it, as of a file of benchhost.results/1.
    Asked of(const std::string& profile, const std::string& server) const;
    /// In the words for people, which do not say all of it.
    std::string in_words(const std::string& profile) const;

  private:
    std::map<std::string, const results::ProfileInfo*> profiles_;
    std::map<std::string, const results::ServerInfo*> servers_;
};

/// "timeout: 2s in base, 10s in head" for each entry that differs.
std::vector<std::string> differences(const Asked& base, const Asked& head);

}  // namespace benchhost::compare
