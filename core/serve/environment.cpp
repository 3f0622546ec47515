#include "core/serve/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost {
namespace {

constexpr std::array kKept{
    "PATH",   "PWD", "HOME", "USER",     "LOGNAME",         "SHELL",
    "TMPDIR", "TZ",  "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "XDG_RUNTIME_DIR"};
// Of the language, and of what a sanitizer is told about itself.
constexpr std::array kKeptPrefixes{"LC_", "ASAN_", "LSAN_", "TSAN_", "UBSAN_", "BENCHHOST_"};

bool is_kept(std::string_view name) {
    return std::find(kKept.begin(), kKept.end(), name) != kKept.end() ||
           std::any_of(kKeptPrefixes.begin(), kKeptPrefixes.end(),
                       [&](const char* prefix) { return name.starts_with(prefix); });
}

}  // namespace

void keep_common_environment() {
    std::vector<char*> others;
    for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        if (!is_kept(text.substr(0, text.find('=')))) {
            others.push_back(*variable);
        }
    }
    for (char* const variable : others) {
        const std::string_view text(variable);
        ::unsetenv(std::string(text.substr(0, text.find('='))).c_str());
    }
    // What was here when the process began can be read all its life, in /proc as well.
    for (char* const variable : others) {
        std::memset(variable, 0, std::strlen(variable));
    }
}

}  // namespace benchhost
