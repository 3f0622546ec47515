// What a suite was begun with, so that it is gone on with or refused: journal/manifest.json.
#pragma once

#include "core/base/result.hpp"
#include "core/suite/suite_request.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace benchhost::suite {

/// Of the folder of a suite.
std::filesystem::path manifest_path(const std::filesystem::path& directory);

Status write_manifest(const std::filesystem::path& directory, const PreparedSuite& suite,
                      const std::map<std::string, std::string>& machine,
                      const std::string& created_at);

/// The flags it was begun with.
Result<SuiteRequest> requested_in(const std::filesystem::path& directory);

struct Begun {
    std::string created_at;
    std::vector<std::string> warnings;  ///< what has changed and leaves the machine the same
};
/// An error (usage) names what is another now: config, plan, a plugin, a payload or any other file
/// that is measured, or the machine.
Result<Begun> same_as_begun(const std::filesystem::path& directory, const PreparedSuite& suite,
                            const std::map<std::string, std::string>& machine);

}  // namespace benchhost::suite
