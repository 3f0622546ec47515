// Writes the pages that report.test.mjs opens, and the results of the large one: write_pages FOLDER
#include "report/formats/formats.hpp"
#include "tests/fixtures/large_results.hpp"

#include <filesystem>
#include <iostream>
#include <string>

namespace {

using namespace benchhost;

bool write(const std::filesystem::path& file, const results::ResultSet& results) {
    const auto page = report::render("html", results);
    const auto written =
        page ? results::write_file(file, page->front().content) : Status(page.error());
    if (!written) {
        std::cerr << written.error().message << '\n';
    }
    return static_cast<bool>(written);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "write_pages FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    const auto large = fixtures::large_results(200, 10);
    bool written = write(folder / "large.html", large) &&
                   results::write_file(folder / "large.json", results::to_json(large));
    for (const char* name : {"tie", "hostile-names"}) {
        const auto results =
            results::read_results(std::filesystem::path(BENCHHOST_SOURCE_DIR) / "tests" / "golden" /
                                  (std::string(name) + ".json"));
        written = written && results && write(folder / (std::string(name) + ".html"), *results);
    }
    return written ? 0 : 1;
}
