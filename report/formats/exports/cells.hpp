// The cells that formats for other tools take: what was measured and may be compared.
#pragma once

#include "report/table/table.hpp"

#include <string>

namespace benchhost::report::exports {

/// Calls visit(table, row) for each row that was measured in every round.
template <class Visit>
void for_each_measured(const std::vector<ProfileTable>& tables, Visit visit) {
    for (const ProfileTable& table : tables) {
        for (const Row& row : table.rows) {
            if (row.standing == Standing::measured) {
                visit(table, row);
            }
        }
    }
}

/// "text/beast": what other tools know a cell by, from one run to the next.
inline std::string cell_name(const ProfileTable& table, const Row& row) {
    return table.profile.name + "/" + row.server;
}

}  // namespace benchhost::report::exports
