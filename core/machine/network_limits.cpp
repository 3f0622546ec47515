#include "core/machine/network_limits.hpp"

#include "core/machine/proc_file.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <sstream>

namespace benchhost::machine {
namespace {

std::optional<std::uint64_t> number_in(const std::filesystem::path& path) {
    const auto line = read_proc_line(path);
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
    return parse_listen_overflows(read_proc("/proc/net/netstat").value_or(""));
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

}  // namespace benchhost::machine
