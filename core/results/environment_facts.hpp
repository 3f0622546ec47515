// What another value of a fact about the environment says, by the fact's full name. The facts are
// those of machine::describe_machine().
#pragma once

#include <string>

namespace benchhost::results {

enum class FactKind {
    machine,        ///< must be the same; so are facts that nobody knows
    of_the_moment,  ///< another value is the noise that rounds are there for
    amount,         ///< differs a little from boot to boot, or at run time in a virtual machine
    limit,          ///< matters only where it was met
    build,          ///< of benchhost itself: within one version another build is the same program
};
FactKind kind_of_fact(const std::string& key);

/// Whether benchhost writes a fact of this name: one of the machine, of another host of a cluster
/// ("HOST kernel"), or a plugin's hash ("plugin NAME").
bool is_fact(const std::string& key);

/// Two amounts such as "8131312 kB" that are one within 2 %.
bool same_amount(const std::string& one, const std::string& other);

}  // namespace benchhost::results
