// The environment block of results.json. What another value of a fact means to a comparison says
// core/results/environment_facts.cpp.
#pragma once

#include <map>
#include <string>

namespace benchhost::machine {

/// What a reader must know of the machine to judge or repeat the numbers: kernel, processor,
/// governor, memory, clock source, network settings, limits, load. What cannot be read is absent.
std::map<std::string, std::string> describe_machine();

/// Adds what can only be told once the suite is over: the load then.
void add_load_after(std::map<std::string, std::string>& facts);

}  // namespace benchhost::machine
