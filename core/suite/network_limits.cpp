#include "core/suite/network_limits.hpp"

#include "core/suite/system_files.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <sstream>

namespace benchhost::suite {
namespace {

std::optional<std::uint64_t> number_in(const std::filesystem::path& path) {
    const auto line = read_system_line(path);
    return line ? std::optional<std::uint64_t>(std::strtoull(line->c_str(), nullptr, 10))
                : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_listen_overflows(const std::string& netstat) {
    // Pairs of lines: the names, then their values, both after "TcpExt:".
    std::istringstream lines(netstat);
    std::string names;
    for (std::string values; std::getline(lines, values); names = values) {
        if (!values.starts_with("TcpExt:") || !names.starts_with("TcpExt:")) {
            continue;
        }
        std::istringstream keys(names);
        std::istringstream numbers(values);
        std::string number;
        for (std::string key; keys >> key && numbers >> number;) {
            if (key == "ListenOverflows") {
                return std::strtoull(number.c_str(), nullptr, 10);
            }
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> read_listen_overflows() {
    return parse_listen_overflows(read_system_file("/proc/net/netstat").value_or(""));
}

std::optional<Conntrack> read_conntrack(const std::filesystem::path& folder) {
    const auto count = number_in(folder / "nf_conntrack_count");
    const auto most = number_in(folder / "nf_conntrack_max");
    return count && most && *most > 0 ? std::optional(Conntrack{*count, *most}) : std::nullopt;
}

std::string conntrack_hint(const std::optional<Conntrack>& conntrack) {
    if (!conntrack || !conntrack->full()) {
        return "";
    }
    return fmt::format(
        "; not the server's fault: the machine's table of tracked connections is full ({} of {}), "
        "and new connections are dropped; raise net.netfilter.nf_conntrack_max",
        conntrack->count, conntrack->most);
}

std::vector<std::string> notes_on(const load::LoadReport& report, const results::ServerUsage& usage,
                                  const std::optional<results::MachineHealth>& machine) {
    std::vector<std::string> notes;
    if (const auto full = machine ? machine->listen_overflows.value_or(0) : 0; full > 0) {
        notes.push_back(fmt::format(
            "the queue of connections that wait to be accepted was found full {} time{} "
            "(ListenOverflows, of all servers in this network namespace): a server accepts too "
            "slowly, or its backlog or net.core.somaxconn is too small",
            full, full == 1 ? "" : "s"));
    }
    const auto timed_out = report.failures.count(load::FailureClass::connect_timeout);
    if (timed_out > 0 && machine && machine->conntrack) {
        notes.push_back(
            fmt::format("connections timed out; the machine's table of tracked "
                        "connections (nf_conntrack_max) was {:.0f} % full",
                        *machine->conntrack * 100));
    }
    if (usage.busiest_thread && usage.least_busy_thread &&
        *usage.busiest_thread > 2 * *usage.least_busy_thread) {
        // The same words in every round, so that they are told once; the figures are in the
        // results.
        notes.emplace_back(
            "the server's threads shared the work unevenly: one did more than twice another's");
    }
    return notes;
}

}  // namespace benchhost::suite
