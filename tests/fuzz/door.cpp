#include "tests/fuzz/door.hpp"

#include "core/base/utf8.hpp"

#include <stdexcept>

namespace benchhost::fuzz {
namespace {

std::vector<Door>& registered() {
    static std::vector<Door> all;
    return all;
}

}  // namespace

Door::Door(const char* its_name, void (*what_enters)(std::string_view input))
    : name(its_name), enter(what_enters) {
    registered().push_back(*this);
}

const std::vector<Door>& doors() { return registered(); }

void hold(bool promise, const std::string& what) {
    if (!promise) {
        throw std::logic_error("a promise is broken: " + what);
    }
}

void hold_error(const Error& error, ErrorCode code) {
    hold(error.code == code, "an error of another code: " + error.message);
    hold(!error.message.empty(), "an error that says nothing");
}

bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

}  // namespace benchhost::fuzz
