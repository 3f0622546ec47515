#include "core/cluster/interface_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <cerrno>
#include <memory>
#include <vector>

namespace benchhost::cluster {

Result<std::string> address_of_interface(const std::string& name) {
    ifaddrs* found = nullptr;
    if (::getifaddrs(&found) != 0) {
        return system_error(ErrorCode::environment, "cannot list the network interfaces", errno);
    }
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(found, &::freeifaddrs);
    std::vector<std::string> known;
    for (const ifaddrs* each = all.get(); each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET) {
            continue;
        }
        char text[INET_ADDRSTRLEN] = "";
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr, text,
                    sizeof text);
        if (name == each->ifa_name) {
            return std::string(text);
        }
        known.push_back(fmt::format("{} ({})", each->ifa_name, text));
    }
    return Error{ErrorCode::usage,
                 fmt::format("[cluster] interface = {}: no such interface with an IPv4 address; "
                             "there are {}",
                             name, fmt::join(known, ", "))};
}

}  // namespace benchhost::cluster
