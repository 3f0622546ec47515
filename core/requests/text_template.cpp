#include "core/requests/text_template.hpp"

#include "core/base/printable.hpp"
#include "core/base/units.hpp"
#include "core/model/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

namespace benchhost::requests {
namespace {

constexpr std::size_t kLongestPlaceholder = 512;
constexpr std::size_t kMostPlaceholders = 64;                           // of one text
constexpr std::uint64_t kMostFilled = std::uint64_t{64} * 1024 * 1024;  // likewise
constexpr std::string_view kAllowed =
    "{seq}, {rand:A..B}, {nonce}, {pick:FILE}, {user} and {sum:NAME,NAME}, each with #NAME at its "
    "end or without, {fill:BYTES}, {items:N}, in a flow {take:NAME}, and {length} and {crc32} of "
    "the body in what is expected; a { that is meant is written {{";
constexpr std::string_view kFill = "fill:";
constexpr std::string_view kItems = "items:";

Error wrong(std::string_view placeholder, std::string_view why) {
    return {ErrorCode::usage,
            fmt::format("{} {}", in_quotes(fmt::format("{{{}}}", placeholder)), why)};
}

bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }

bool is_name(std::string_view name) {
    constexpr std::size_t kMost = 32;
    return !name.empty() && name.size() <= kMost && is_small_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return is_small_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

std::pair<std::string_view, std::string_view> split(std::string_view text, std::string_view at) {
    const auto place = text.find(at);
    return place == std::string_view::npos
               ? std::pair{text, std::string_view{}}
               : std::pair{text.substr(0, place), text.substr(place + at.size())};
}

// Lines of an alphabet that begins elsewhere in each, so that a piece that is lost shows.
Result<std::string> fill_text(std::string_view bytes) {
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-";
    constexpr std::size_t kLine = 61;
    const auto size = parse_bytes(std::string(bytes));
    if (!size || *size == 0 || *size > kMostFilled) {
        return Error{ErrorCode::usage,
                     "has no size; allowed: {fill:BYTES} up to 64MiB, such as 1KiB"};
    }
    std::string text(static_cast<std::size_t>(*size), '.');
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[i] = kLetters[(i + i / kLine) % kLetters.size()];
    }
    return text;
}

Result<std::string> items_text(std::string_view count) {
    const auto& items = model::standard_items();
    const auto number = parse_count(count, 0, items.size());
    if (!number) {
        return Error{ErrorCode::usage,
                     fmt::format("has no number; allowed: {{items:N}} up to {}", items.size())};
    }
    return model::items_document(items, static_cast<std::size_t>(*number));
}

/// Of a placeholder that is the same text each time; nothing of any other.
std::optional<Result<std::string>> text_of_fixed(std::string_view placeholder) {
    if (placeholder.substr(0, kFill.size()) == kFill) {
        return fill_text(placeholder.substr(kFill.size()));
    }
    if (placeholder.substr(0, kItems.size()) == kItems) {
        return items_text(placeholder.substr(kItems.size()));
    }
    return std::nullopt;
}

// Compares the beginning of `slice` with `part` from `offset` on, and takes both from what is left.
bool take(std::string_view part, std::uint64_t& offset, std::string_view& slice) {
    if (offset >= part.size()) {
        offset -= part.size();
        return true;
    }
    part.remove_prefix(static_cast<std::size_t>(offset));
    offset = 0;
    const std::size_t size = std::min(part.size(), slice.size());
    if (std::memcmp(part.data(), slice.data(), size) != 0) {
        return false;
    }
    slice.remove_prefix(size);
    return true;
}

}  // namespace

Result<DrawnValue> Draws::find(std::string_view placeholder) {
    if (const auto known = known_.find(placeholder); known != known_.end()) {
        return known->second;
    }
    const auto hash = placeholder.rfind('#');
    const bool has_name = hash != std::string_view::npos;
    const auto name = has_name ? placeholder.substr(hash + 1) : std::string_view{};
    if (has_name && !is_name(name)) {
        return wrong(placeholder,
                     "has no right name behind its #: small letters, digits, _ and -, "
                     "a letter first");
    }
    if (has_name && named_.count(name) != 0) {
        return wrong(placeholder, fmt::format("gives the name {} a second meaning", name));
    }
    const auto [kind, argument] = split(placeholder.substr(0, hash), ":");
    auto value = make(kind, argument);
    if (!value) {
        return wrong(placeholder, value.error().message);
    }
    known_.emplace(placeholder, *value);
    if (has_name) {
        named_.emplace(name, *value);
    }
    return value;
}

Result<DrawnValue> Draws::make(std::string_view kind, std::string_view argument) {
    using Kind = DrawnValue::Kind;
    const auto stream = static_cast<std::uint32_t>(known_.size());
    for (const auto& [word, simple] :
         {std::pair{"seq", Kind::sequence}, {"nonce", Kind::nonce}, {"user", Kind::connection}}) {
        if (kind == word) {
            return argument.empty() ? Result<DrawnValue>(DrawnValue({simple, stream}))
                                    : Error{ErrorCode::usage, "takes nothing behind a colon"};
        }
    }
    for (const auto& [word, simple] :
         {std::pair{"length", Kind::body_length}, {"crc32", Kind::body_crc32}}) {
        if (kind == word && body_ == nullptr) {
            return Error{ErrorCode::usage, "is of the body: only what is expected may have it"};
        }
        if (kind == word) {
            DrawnValue::Terms terms{simple, stream};
            terms.body = body_;
            return DrawnValue(std::move(terms));
        }
    }
    if (kind == "rand") {
        return make_number(argument);
    }
    if (kind == "pick") {
        return make_line(std::string(argument));
    }
    if (kind == "take") {
        return make_taken(argument);
    }
    if (kind == "sum") {
        return make_sum(argument);
    }
    return Error{ErrorCode::usage, fmt::format("is no placeholder; there is {}", kAllowed)};
}

Result<DrawnValue> Draws::make_number(std::string_view range) {
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    constexpr std::size_t kMostWidth = 20;  // of what is filled up: DrawnValue::Scratch has room
    const auto [from, to] = split(range, "..");
    const auto least = parse_count(from, 0, kMost);
    const auto most = parse_count(to, 0, kMost);
    if (!least || !most || *least > *most || std::max(from.size(), to.size()) > kMostWidth) {
        return Error{
            ErrorCode::usage,
            fmt::format("has no range; allowed: {{rand:A..B}} with whole numbers up to {}, "
                        "the smaller first, of up to {} digits",
                        kMost, kMostWidth)};
    }
    const bool filled_up = from.size() > 1 && from.front() == '0';
    const auto width = static_cast<std::uint8_t>(filled_up ? std::max(from.size(), to.size()) : 0);
    return DrawnValue({DrawnValue::Kind::number, static_cast<std::uint32_t>(known_.size()), *least,
                       *most, width});
}

Result<DrawnValue> Draws::make_line(const std::string& file) {
    if (file.empty()) {
        return Error{ErrorCode::usage, "names no file; allowed: {pick:FILE}"};
    }
    auto lines = find_lines_(file);
    if (!lines) {
        return Error{ErrorCode::usage, "cannot be picked: " + lines.error().message};
    }
    DrawnValue::Terms terms{DrawnValue::Kind::line, static_cast<std::uint32_t>(known_.size())};
    terms.lines = std::move(*lines);
    return DrawnValue(std::move(terms));
}

Result<DrawnValue> Draws::make_sum(std::string_view names) const {
    DrawnValue::Terms terms{DrawnValue::Kind::sum};
    while (!names.empty()) {
        const auto [name, rest] = split(names, ",");
        const auto found = named_.find(name);
        if (found == named_.end() || !found->second.is_addend()) {
            return Error{ErrorCode::usage,
                         fmt::format("adds {}, but no number before it is named so, such as "
                                     "{{rand:1..9#{}}}",
                                     in_quotes(name), is_name(name) ? name : "a")};
        }
        terms.of.push_back(found->second);
        names = rest;
    }
    if (terms.of.empty()) {
        return Error{ErrorCode::usage, "adds nothing; allowed: {sum:NAME,NAME}"};
    }
    return DrawnValue(std::move(terms));
}

Result<DrawnValue> Draws::make_taken(std::string_view name) const {
    const auto found = std::find(takes_.rbegin(), takes_.rend(), name);  // the latest
    if (found == takes_.rend()) {
        return Error{ErrorCode::usage,
                     fmt::format("takes {}, which no earlier step of a flow takes from its answer "
                                 "(take.{} = header NAME, or json /POINTER)",
                                 in_quotes(name), is_name(name) ? name : "NAME")};
    }
    DrawnValue::Terms terms{DrawnValue::Kind::taken};
    terms.take = static_cast<std::size_t>(takes_.rend() - found) - 1;
    return DrawnValue(std::move(terms));
}

Result<TextTemplate> TextTemplate::parse(std::string_view text, Draws& draws) {
    TextTemplate made;
    while (!text.empty()) {
        const auto brace = text.find('{');
        made.append(text.substr(0, brace));
        if (brace == std::string_view::npos) {
            break;
        }
        text.remove_prefix(brace + 1);
        if (text.empty() || !is_small_letter(text.front())) {
            made.append("{");
            text.remove_prefix(text.empty() || text.front() != '{' ? 0 : 1);
            continue;
        }
        const auto end = text.find('}');
        const auto placeholder = text.substr(0, std::min(end, kLongestPlaceholder));
        if (placeholder.size() != end) {
            constexpr std::size_t kShown = 20;
            return Error{
                ErrorCode::usage,
                fmt::format("{} has no }} at its end",
                            in_quotes(fmt::format("{{{}", placeholder.substr(0, kShown))))};
        }
        if (const auto fixed = text_of_fixed(placeholder)) {
            const auto& fill = *fixed;
            if (!fill) {
                return wrong(placeholder, fill.error().message);
            }
            if (made.longest() + fill->size() > kMostFilled) {
                return wrong(placeholder, "makes the text longer than 64MiB, the most");
            }
            made.append(*fill);
            text.remove_prefix(end + 1);
            continue;
        }
        auto value = draws.find(placeholder);
        if (!value) {
            return value.error();
        }
        if (made.parts_.size() == kMostPlaceholders) {
            return wrong(placeholder, fmt::format("is one placeholder too many; allowed: {}",
                                                  kMostPlaceholders));
        }
        made.append(std::move(*value));
        text.remove_prefix(end + 1);
    }
    return made;
}

void TextTemplate::append(const TextTemplate& other) {
    for (const Part& part : other.parts_) {
        append(part.before);
        append(part.value);
    }
    append(other.tail_);
}

std::size_t TextTemplate::length(const Identity& request) const {
    std::size_t length = tail_.size();
    for (const Part& part : parts_) {
        length += part.before.size() + part.value.length(request);
    }
    return length;
}

std::size_t TextTemplate::shortest() const {
    std::size_t length = tail_.size();
    for (const Part& part : parts_) {
        length += part.before.size() + part.value.shortest();
    }
    return length;
}

std::size_t TextTemplate::longest() const {
    std::size_t length = tail_.size();
    for (const Part& part : parts_) {
        length += part.before.size() + part.value.longest();
    }
    return length;
}

char* TextTemplate::write(const Identity& request, char* to) const {
    DrawnValue::Scratch scratch;
    for (const Part& part : parts_) {
        to = std::copy(part.before.begin(), part.before.end(), to);
        const auto value = part.value.text(request, scratch);
        to = std::copy(value.begin(), value.end(), to);
    }
    return std::copy(tail_.begin(), tail_.end(), to);
}

std::string TextTemplate::text(const Identity& request) const {
    std::string text(length(request), '\0');
    write(request, text.data());
    return text;
}

bool TextTemplate::matches(const Identity& request, std::uint64_t offset,
                           std::string_view slice) const {
    DrawnValue::Scratch scratch;
    for (const Part& part : parts_) {
        if (!take(part.before, offset, slice)) {
            return false;
        }
        if (slice.empty()) {
            return true;
        }
        if (!take(part.value.text(request, scratch), offset, slice)) {
            return false;
        }
    }
    return take(tail_, offset, slice);
}

}  // namespace benchhost::requests
