#include "core/config/profile_requests.hpp"

#include "core/config/request_reader.hpp"
#include "core/config/section_reader.hpp"
#include "core/requests/mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace benchhost::config {

std::vector<model::RequestSpec> read_mix(const IniSection& profile,
                                         const std::vector<model::RequestSpec>& known,
                                         Problems& problems) {
    const SectionReader reader(profile, problems);
    std::vector<model::RequestSpec> mix;
    const auto items = reader.get("requests", parse_list);
    if (!items) {
        return mix;
    }
    const auto& entry = *reader.find("requests");
    if (const auto* route = reader.find("route")) {
        reader.tell_contradiction(entry, *route, "a profile asks for a route or for requests");
    }
    std::vector<std::string> names;
    for (const auto& request : known) {
        names.push_back(request.name);
    }
    for (const auto& item : *items) {
        const auto colon = std::min(item.find(':'), item.size());
        const auto index = parse_word(item.substr(0, colon), names);
        if (!index) {
            reader.tell(entry, names.empty() ? "there is no [request.NAME] in the config"
                                             : index.error().message);
            continue;
        }
        mix.push_back(known[*index]);
        if (!mix.back().takes.empty() || !names_taken_by(mix.back()).empty()) {
            reader.tell(entry,
                        fmt::format("{} takes or sends {{take:...}}: only the steps of a flow "
                                    "follow each other",
                                    mix.back().name));
        }
        if (colon == item.size()) {
            continue;
        }
        const auto weight = parse_count(item.substr(colon + 1), 0, model::kMostWeight);
        if (weight) {
            mix.back().weight = static_cast<std::uint32_t>(*weight);
        } else {
            reader.tell(entry, weight.error().message);
        }
    }
    if (mix.size() > model::kMostRequests) {
        reader.tell(entry, fmt::format("has {} requests; allowed: up to {}", mix.size(),
                                       model::kMostRequests));
    } else if (const auto weights = requests::reduced_weights(mix); !mix.empty() && !weights) {
        reader.tell(entry, weights.error().message);
    }
    return mix;
}

std::vector<model::RequestSpec> read_flow(const IniSection& profile,
                                          const std::vector<model::RequestSpec>& known,
                                          Problems& problems) {
    const SectionReader reader(profile, problems);
    std::vector<model::RequestSpec> steps;
    const auto items = reader.get("flow", parse_list);
    if (!items) {
        return steps;
    }
    const auto& entry = *reader.find("flow");
    for (const auto* other : {reader.find("route"), reader.find("requests")}) {
        if (other != nullptr) {
            reader.tell_contradiction(entry, *other, "a profile asks for one of them");
        }
    }
    const auto* load = reader.find("load");
    if (load == nullptr || load->value != "users") {
        reader.tell(entry, "needs load = users: each user goes through its steps");
    }
    std::vector<std::string> names;
    for (const auto& request : known) {
        names.push_back(request.name);
    }
    std::vector<std::string> taken;
    for (const auto& item : *items) {
        const auto index = parse_word(item, names);
        if (!index) {
            reader.tell(entry, names.empty() ? "there is no [request.NAME] in the config"
                                             : index.error().message);
            continue;
        }
        steps.push_back(known[*index]);
        for (const auto& name : names_taken_by(steps.back())) {
            if (std::find(taken.begin(), taken.end(), name) == taken.end()) {
                reader.tell(entry, fmt::format("step {} sends {{take:{}}}, which no step before it "
                                               "takes",
                                               item, name));
            }
        }
        for (const auto& take : steps.back().takes) {
            taken.push_back(take.name);
        }
    }
    if (steps.size() > model::kMostRequests) {
        reader.tell(entry, fmt::format("has {} steps; allowed: up to {}", steps.size(),
                                       model::kMostRequests));
    }
    return steps;
}

KeyText flow_key() {
    return {"flow", "`NAME`, `NAME`, ...", "none",
            "with `load = users`, instead of `route`: the requests that each user asks one after "
            "the other, beginning anew behind the last or a failure"};
}

KeyText mix_key() {
    return {"requests", "`NAME`, `NAME:WEIGHT`, ...", "none",
            "instead of `route`: the requests of these sections, in shares by their weights"};
}

}  // namespace benchhost::config
