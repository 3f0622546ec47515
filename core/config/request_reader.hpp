// [request.<name>]: a request, as the config describes it.
#pragma once

#include "core/config/config.hpp"
#include "core/config/config_key.hpp"
#include "core/config/ini.hpp"
#include "core/model/request_spec.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace benchhost::config {

/// The request of a section whose name begins with "request."; the lines of the files that it picks
/// from go to `picks`. Paths are relative to `folder`, the config's own. What is wrong goes to
/// `problems`; then the request is of no use.
model::RequestSpec read_request(const IniSection& section, const std::filesystem::path& folder,
                                model::Picks& picks, Problems& problems);

/// The names in {take:NAME}, wherever they stand in the request.
std::vector<std::string> names_taken_by(const model::RequestSpec& request);

KeyTable request_table();

}  // namespace benchhost::config
