#include "core/base/result.hpp"

#include <stdexcept>
#include <system_error>

namespace benchhost {

Error with_context(const std::string& context, Error error) {
    error.message = context + ": " + error.message;
    return error;
}

Error system_error(ErrorCode code, const std::string& message, int error_number) {
    return {code, message + ": " + std::generic_category().message(error_number)};
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
    throw std::logic_error(where.to_string() + ": unexpected error: " + error.message);
}

}  // namespace benchhost
