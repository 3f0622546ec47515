// What the users of the head lose and those of the base do not: told by counts.
#pragma once

#include "report/compare/comparison.hpp"
#include "report/compare/group.hpp"

#include <optional>
#include <string>

namespace benchhost::compare {

/// GateMetric::failed: requests and connections that were lost, rounds that failed or are invalid,
/// a server that the head does not have any more. By counts, not by a test, unless the base loses
/// more than the tolerance itself: then the head has to lose significantly more. Absent where no
/// side knows anything of it.
std::optional<ComparedCell> failed_cell(const Group& group, const Gate& gate);

/// GateMetric::failed where the base was not measured in any round: nothing where there is nothing
/// to say. A head that failed in every round, each time for a reason that the base had none of, is
/// at fault itself: it crashes, where the base met a machine that gave it no time.
std::optional<ComparedCell> failed_beside_base_cell(const Group& group, const Gate& gate);

/// GateMetric::failed of a server that the base has and the head does not.
ComparedCell missing_cell(const std::string& profile, const std::string& server, const Gate& gate);

/// GateMetric::wrong: answers that came and were not what was asked for. Absent where there were
/// none. Any is a regression where the base had none; where it had some, more by the tolerance of
/// `failed`.
std::optional<ComparedCell> wrong_cell(const Group& group, const Gate& gate);

/// "2.1 %", "0.005 %", "none".
std::string share_in_words(double share);

}  // namespace benchhost::compare
