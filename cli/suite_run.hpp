// A suite from the first trial to the tables.
#pragma once

#include "cli/run_options.hpp"
#include "core/suite/journal.hpp"
#include "core/suite/suite_request.hpp"
#include "core/trial/load_generator.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace benchhost::cli {

/// With --resume: the flags that the journal was begun with; a --plugin-dir of now stands in for
/// those of then. Goes to the folder where it was begun. Error as Journal::read_request.
Result<RunOptions> with_resumed_request(RunOptions options);

/// results/<name>-<time>, made by this call and so nobody else's. Error of code usage.
Result<std::filesystem::path> make_stamped_folder(const std::string& name);

/// What the user should know of a journal that was opened all the same.
void print_warnings(const suite::Journal& journal);

/// On stderr: what is left out of the suite or will be skipped, before it is run.
void print_warnings(const suite::PreparedSuite& suite);

/// What --dry-run prints.
void print_plan(const suite::PreparedSuite& suite);

/// Measures what the journal does not hold yet, prints the table and writes all outputs. Returns
/// the exit code.
int measure_suite(const RunOptions& options, const suite::PreparedSuite& suite,
                  trial::LoadGenerator& generator,
                  const std::map<std::string, std::string>& machine);

}  // namespace benchhost::cli
