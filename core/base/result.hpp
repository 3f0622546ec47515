// The one way an expected failure travels: as a value that says what, where and what to do next.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <utility>

namespace benchhost {

/// What kind of failure it is; decides the exit code (cli/exit_code.hpp) and nothing else.
enum class ErrorCode {
    usage,        ///< command line or config: the user can mend it, nothing was measured
    environment,  ///< the machine: a missing file, a full disk, a refused system call
    server,       ///< the server under test or its plugin
    data,         ///< a file of ours that is not what it should be (results, journal)
    interrupted,  ///< the user stopped us
    internal,     ///< a broken promise of our own code
};

/// An expected failure. `message` is a full sentence for the user: what happened, where
/// (file:line or server id) and, when it helps, what to do.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
};

template <class T>
using Result = boost::system::result<T, Error>;
using Status = Result<void>;

/// The Error with `context` in front of its message: "context: message".
Error with_context(const std::string& context, Error error);

/// "message: Permission denied" for a failed system call; `error_number` is an errno.
Error system_error(ErrorCode code, const std::string& message, int error_number);

/// Called by Result::value() on an error, which is a bug outside of tests.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& where);

}  // namespace benchhost
