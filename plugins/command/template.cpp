#include "template.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace benchhost::command_server {
namespace {

bool is_executable(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    bool in_word = false;
    char quote = '\0';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char letter = text[i];
        if (quote == '\0' && (letter == ' ' || letter == '\t')) {
            in_word = false;
            continue;
        }
        if (!in_word) {
            words.emplace_back();
            in_word = true;
        }
        if (letter == quote) {
            quote = '\0';
        } else if (quote == '\0' && (letter == '\'' || letter == '"')) {
            quote = letter;
        } else if (letter == '\\' && quote != '\'' && i + 1 < text.size()) {
            words.back() += text[++i];
        } else {
            words.back() += letter;
        }
    }
    if (quote != '\0') {
        throw std::invalid_argument("argv: a " + std::string(1, quote) + " is not closed");
    }
    return words;
}

std::string expand(std::string_view text, const Placeholders& known) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find('{');
        out += text.substr(0, open);
        if (open == std::string_view::npos) {
            break;
        }
        text.remove_prefix(open);
        const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", 1);
        if (end == std::string_view::npos || end == 1 || text[end] != '}') {
            out += text.front();
            text.remove_prefix(1);
            continue;
        }
        const auto found = known.find(std::string(text.substr(1, end - 1)));
        if (found == known.end()) {
            std::string names;
            for (const auto& [name, value] : known) {
                names += " {" + name + "}";
            }
            throw std::invalid_argument("no placeholder " + std::string(text.substr(0, end + 1)) +
                                        "; there are:" + names);
        }
        out += found->second;
        text.remove_prefix(end + 1);
    }
    return out;
}

std::string find_program(const std::string& name) {
    if (name.find('/') != std::string::npos) {
        if (is_executable(name)) {
            return name;
        }
        throw std::runtime_error(name + " is no executable file");
    }
    const char* path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string candidate = folder + "/" + name;
        if (is_executable(candidate)) {
            return candidate;
        }
    }
    throw std::runtime_error(name + " is not installed (not found on PATH)");
}

}  // namespace benchhost::command_server
