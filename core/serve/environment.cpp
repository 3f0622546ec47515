#include "core/serve/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost {
namespace {

constexpr std::array kKept{"PATH",   "PWD",  "HOME", "USER",     "LOGNAME",        "SHELL",
                           "TMPDIR", "LANG", "TZ",   "LANGUAGE", "LD_LIBRARY_PATH"};
// Of the language, and of what a sanitizer is told about itself.
constexpr std::array kKeptPrefixes{"LC_", "ASAN_", "LSAN_", "TSAN_", "UBSAN_", "BENCHHOST_"};

bool is_kept(std::string_view name) {
    return std::find(kKept.begin(), kKept.end(), name) != kKept.end() ||
           std::any_of(kKeptPrefixes.begin(), kKeptPrefixes.end(),
                       [&](const char* prefix) { return name.starts_with(prefix); });
}

}  // namespace

void keep_common_environment() {
    std::vector<std::string> others;
    for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const auto name = text.substr(0, text.find('='));
        if (!is_kept(name)) {
            others.emplace_back(name);
        }
    }
    for (const auto& name : others) {
        ::unsetenv(name.c_str());
    }
}

}  // namespace benchhost
