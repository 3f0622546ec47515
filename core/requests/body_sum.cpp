#include "core/requests/body_sum.hpp"

#include <zlib.h>

#include <string_view>
#include <utility>

namespace benchhost::requests {
namespace {

// Of no bytes zlib would begin anew.
std::uint32_t crc32_of(std::uint32_t before, std::string_view text) {
    return text.empty() ? before
                        : static_cast<std::uint32_t>(::crc32_z(
                              before, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

}  // namespace

BodySum::Fixed::Fixed(const std::string& text)
    : size(text.size()),
      crc(crc32_of(0, text)),
      shift(static_cast<std::uint32_t>(::crc32_combine_gen(static_cast<z_off_t>(text.size())))) {}

std::uint32_t BodySum::Fixed::after(std::uint32_t before) const {
    return size == 0 ? before : static_cast<std::uint32_t>(::crc32_combine_op(before, crc, shift));
}

BodySum::BodySum(TextTemplate body) : body_(std::move(body)), tail_(body_.tail()) {
    for (const auto& part : body_.parts()) {
        before_.emplace_back(part.before);
    }
}

std::uint32_t BodySum::crc32(const Identity& request) const {
    DrawnValue::Scratch scratch;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
        sum = crc32_of(before_[i].after(sum), body_.parts()[i].value.text(request, scratch));
    }
    return tail_.after(sum);
}

}  // namespace benchhost::requests
