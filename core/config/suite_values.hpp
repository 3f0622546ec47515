// Values of [limits], [cluster] and [server.ID] that are spelled in a way of their own.
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace benchhost::config {

constexpr std::uint64_t kLeastMemory = std::uint64_t{1024} * 1024;

/// A size, or none.
Result<std::optional<std::uint64_t>> parse_memory(const std::string& text);

/// Also of a network interface: what has neither spaces nor slashes.
Result<std::string> parse_host_name(const std::string& text);

/// What may be the name of a user; whether there is one is another question.
Result<std::string> parse_user_name(const std::string& text);

/// Of a server, whose paths are given: http://HOST, http://HOST:PORT or unix:/PATH.
Result<std::string> parse_server_url(const std::string& text);

}  // namespace benchhost::config
