#include "core/suite/measured_files.hpp"

#include "core/machine/file_hash.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHere = "{cwd}";

/// What an option's value consists of, quotes and placeholders taken away.
std::vector<std::string> words_of(const std::string& value, const fs::path& directory) {
    std::string text = value;
    text.erase(
        std::remove_if(text.begin(), text.end(), [](char c) { return c == '"' || c == '\''; }),
        text.end());
    const auto here = directory.empty() ? std::string(".") : directory.string();
    for (auto at = text.find(kHere); at != std::string::npos;
         at = text.find(kHere, at + here.size())) {
        text.replace(at, kHere.size(), here);
    }
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; stream >> word;) {
        words.push_back(word);
    }
    return words;
}

std::optional<fs::path> program_on_path(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto candidate = fs::path(folder) / name;
        if (::access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate)) {
            return candidate;
        }
    }
    return std::nullopt;
}

class Files {
  public:
    void add(const fs::path& path) {
        std::error_code error;
        if (!fs::is_regular_file(path, error)) {
            return;
        }
        const auto name = fs::absolute(path).lexically_normal().string();
        if (hashes_.count(name) > 0) {
            return;
        }
        if (auto hash = machine::sha256_of(path)) {
            hashes_.emplace(name, std::move(*hash));
        }
    }

    void add_folder(const fs::path& folder) {
        constexpr std::array<std::string_view, 2> kNotOurs{"venv", "__pycache__"};
        std::error_code error;
        auto entry = fs::recursive_directory_iterator(folder, error);
        for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
            const auto name = entry->path().filename().string();
            if (std::find(kNotOurs.begin(), kNotOurs.end(), name) != kNotOurs.end()) {
                entry.disable_recursion_pending();
            } else {
                add(entry->path());
            }
        }
    }

    std::map<std::string, std::string> take() { return std::move(hashes_); }

  private:
    std::map<std::string, std::string> hashes_;
};

void add_options(const plugin::ServerUnderTest& server, const fs::path& directory, Files& files) {
    fs::path work = directory;
    for (const auto& [key, value] : server.options) {
        const auto words = words_of(value, directory);
        if (key == "workdir" && !words.empty()) {
            work = directory / words.front();
        }
    }
    for (const auto& [key, value] : server.options) {
        const bool is_command = key == "argv" || key == "interpreter";
        for (const auto& word : words_of(value, directory)) {
            files.add(work / word);
            files.add(directory / word);
            if (is_command && word.find('/') == std::string::npos) {
                files.add(program_on_path(word).value_or(""));
            }
        }
    }
}

}  // namespace

std::map<std::string, std::string> measured_files(
    const std::vector<plugin::ServerUnderTest>& servers, const fs::path& serve_executable,
    const fs::path& directory) {
    Files files;
    files.add(serve_executable);
    std::set<fs::path> folders;
    for (const auto& server : servers) {
        if (server.url || server.unusable) {
            continue;
        }
        folders.insert(server.plugin.parent_path() / server.plugin.stem());
        add_options(server, directory, files);
    }
    for (const auto& folder : folders) {
        files.add_folder(folder);
    }
    return files.take();
}

}  // namespace benchhost::suite
