#include "core/suite/system_files.hpp"

#include <fstream>
#include <iterator>

namespace benchhost::suite {

std::optional<std::string> read_system_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) {
        return std::nullopt;
    }
    std::string text{std::istreambuf_iterator<char>(file), {}};
    return file.bad() ? std::nullopt : std::optional(std::move(text));
}

std::optional<std::string> read_system_line(const std::filesystem::path& path) {
    auto text = read_system_file(path);
    if (!text) {
        return std::nullopt;
    }
    text->resize(std::min(text->find('\n'), text->size()));
    return text->empty() ? std::nullopt : text;
}

}  // namespace benchhost::suite
