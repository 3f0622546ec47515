// An INI file is what its sections say, and a config is accepted or refused with a line for each
// thing that is wrong; what is accepted can be run. A line "--set SECTION.KEY=VALUE" at the end of
// the input is applied.
#include "core/config/config.hpp"

#include "core/config/ini.hpp"
#include "core/config/window_check.hpp"
#include "tests/fuzz/door.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <sstream>

namespace benchhost::fuzz {
namespace {

// A config is read from a file: this one has neither a place on the disk nor a folder of its own.
std::filesystem::path file_with(std::string_view text) {
    static const int descriptor = ::memfd_create("config", MFD_CLOEXEC);
    hold(::ftruncate(descriptor, 0) == 0 &&
             ::pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()),
         "a file can be written");
    return "/proc/self/fd/" + std::to_string(descriptor);
}

std::string ini_of(const config::IniFile& ini) {
    std::string text;
    for (const auto& section : ini.sections) {
        text += "[" + section.name + "]\n";
        for (const auto& entry : section.entries) {
            text += entry.key + " = " + entry.value + "\n";
        }
    }
    return text;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines{""};  // they are counted from 1
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

void hold_places(const Error& error, const std::string& file) {
    hold_error(error, ErrorCode::usage);
    for (const auto& line : lines_of(error.message)) {
        hold(line.empty() || line.starts_with(file) || line.starts_with("--set ") ||
                 line.starts_with("and "),
             "each line says where: " + line);
    }
}

void read_sections(const std::string& text) {
    const auto ini = config::parse_ini(text, "f.ini");
    if (!ini) {
        hold_places(ini.error(), "f.ini:");
        return;
    }
    const auto lines = lines_of(ini->text);
    for (const auto& section : ini->sections) {
        hold(lines.at(section.where.line).find(section.name) != std::string::npos,
             "a section stands on its line");
        for (const auto& entry : section.entries) {
            const auto& line = lines.at(entry.where.line);
            hold(line.find(entry.key) != std::string::npos &&
                     line.find(entry.value) != std::string::npos,
                 "a key and its value stand on their line");
        }
    }
    const auto again = config::parse_ini(ini_of(*ini), "f.ini");
    hold(again.has_value(), "what it says is read again: " + ini_of(*ini));
    hold(ini_of(*again) == ini_of(*ini), "it says the same: " + ini_of(*ini));
}

void hold_can_be_run(const config::SuiteConfig& suite) {
    hold(!suite.profiles.empty(), "there is something to measure");
    hold(config::process_limit(suite) > 0, "a server may have a process");
    config::window_warnings(suite);
    for (const auto& profile : suite.profiles) {
        hold(profile.duration.count() > 0 && profile.timeout.count() > 0 &&
                 profile.warmup.count() >= 0,
             "a load can be timed");
        std::visit(
            [](const auto& load) {
                hold(!load.describe().empty(), "a load can be told");
                if constexpr (requires { load.check(); }) {
                    const auto checked = load.check();
                    hold(checked.has_value(), "what is accepted can be run");
                }
            },
            profile.load);
    }
}

void read_suite(const std::string& text, const std::vector<config::Override>& overrides) {
    const auto file = file_with(text);
    const auto suite = config::read_config(file, overrides);
    if (!suite) {
        hold_places(suite.error(), file.string() + ":");
        return;
    }
    hold_can_be_run(*suite);
    hold_can_be_run(config::quick(*suite));
    // The results keep the text, as a config that can be read.
    const auto kept = config::read_config(file_with(suite->text));
    hold(overrides.empty() ? kept && kept->text == suite->text
                           : kept || kept.error().code == ErrorCode::usage,
         "the text that is kept is a config");
    hold(config::parse_ini(suite->text, "kept").has_value(), "the text that is kept is INI");
}

void read_config(std::string_view input) {
    constexpr std::string_view kSet = "\n--set ";
    const auto set = input.rfind(kSet);
    const std::string text(input.substr(0, set));
    std::vector<config::Override> overrides;
    if (set != std::string_view::npos) {
        const auto override = config::parse_override(std::string(input.substr(set + kSet.size())));
        if (!override) {
            hold_error(override.error(), ErrorCode::usage);
        } else {
            overrides.push_back(*override);
        }
    }
    read_sections(text);
    read_suite(text, overrides);
}

const Door config_door("config", read_config);

}  // namespace
}  // namespace benchhost::fuzz
