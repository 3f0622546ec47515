#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace benchhost::cli {
namespace {

std::string why_empty(const std::string& expected) {
    return fmt::format("the value is empty (a variable that is not set?); expected: {}", expected);
}

void refuse_empty_values(CLI::App& app) {
    for (auto* option : app.get_options()) {
        if (option->get_items_expected_max() == 0) {
            continue;  // a flag
        }
        // Before what else is asked of the value, which would say less.
        option->transform(CLI::Validator(
            [expected = option->get_description()](const std::string& value) {
                return value.empty() ? why_empty(expected) : std::string();
            },
            ""));
    }
    for (auto* command : app.get_subcommands([](CLI::App* /*each*/) { return true; })) {
        refuse_empty_values(*command);
    }
}

// CLI11 would take the next argument for the value.
void refuse_nothing_behind_equals(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument(argv[i]);
        if (argument.starts_with("--") && argument.size() > 3 &&
            argument.find('=') == argument.size() - 1) {
            throw CLI::ValidationError(std::string(argument.substr(0, argument.size() - 1)),
                                       why_empty("something behind the ="));
        }
    }
}

}  // namespace

void parse_command_line(CLI::App& app, int argc, char** argv) {
    refuse_empty_values(app);
    refuse_nothing_behind_equals(argc, argv);
    app.parse(argc, argv);
}

}  // namespace benchhost::cli
