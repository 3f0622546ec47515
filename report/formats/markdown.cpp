#include "report/formats/markdown.hpp"

#include "report/formats/details.hpp"
#include "report/formats/hosts.hpp"
#include "report/table/captions.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <set>

namespace benchhost::report {
namespace {

std::string profile_section(const ProfileTable& table) {
    std::string text = fmt::format("\n## {}\n\n", markdown_escaped(heading(table)));
    if (table.rows.empty()) {
        return text + "Nothing was measured under this profile.\n";
    }
    text += main_table(table) + "\n";
    for (const std::string& sentence : captions(table)) {
        text += markdown_escaped(sentence) + "\n";
    }
    const auto lines = notes(table);
    text += lines.empty() ? "" : "\n";
    for (const std::string& line : lines) {
        text += fmt::format("- {}\n", markdown_escaped(line));
    }
    return text + profile_details(table);
}

}  // namespace

std::string main_table(const ProfileTable& table) {
    std::vector<const Row*> rows;
    for (const Row& row : table.rows) {
        rows.push_back(&row);
    }
    return markdown_table(main_columns(table), rows);
}

std::string title(const results::ResultSet& results) {
    std::set<std::string> servers;
    std::set<std::string> profiles;
    for (const results::Trial& trial : results.trials) {
        servers.insert(trial.server);
        profiles.insert(trial.profile);
    }
    for (const results::ProfileInfo& profile : results.profiles) {
        profiles.insert(profile.name);
    }
    const auto counted = [](std::size_t count, const char* what) {
        return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    return fmt::format("{}: {}, {}, {}{}", results.suite, counted(servers.size(), "server"),
                       counted(profiles.size(), "profile"), counted(results.rounds, "round"),
                       results.quick.value_or(false) ? ", quick" : "");
}

std::string markdown(const results::ResultSet& results) {
    const auto tables = make_tables(results);
    std::string text = fmt::format("# {}\n\n", markdown_escaped(title(results)));
    if (results.interrupted) {
        text += "**Interrupted: this is what was measured until then, not a complete run.**\n\n";
    }
    if (const auto hosts = hosts_sentence(results); !hosts.empty()) {
        text += markdown_escaped(hosts) + "\n\n";
    }
    for (const ProfileTable& table : tables) {
        text += fmt::format("- **{}**: {}.\n", markdown_escaped(table.profile.name),
                            markdown_escaped(headline(table)));
    }
    for (const ProfileTable& table : tables) {
        text += profile_section(table);
    }
    return text + suite_details(results);
}

}  // namespace benchhost::report
