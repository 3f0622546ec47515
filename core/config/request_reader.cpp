#include "core/config/request_reader.hpp"

#include "core/base/file.hpp"
#include "core/base/printable.hpp"
#include "core/config/profile_values.hpp"
#include "core/requests/request_template.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::config {
namespace {

using RequestKeys = std::vector<Key<model::RequestSpec>>;

constexpr std::uint64_t kMostBodyBytes = std::uint64_t{64} * 1024 * 1024;
constexpr std::string_view kHeader = "header.";
constexpr std::string_view kExpectHeader = "expect_header.";
constexpr std::string_view kTake = "take.";

// The length of a body and the end of a connection are the generator's affair: what it says of them
// has to be true.
constexpr std::array<std::string_view, 5> kOwnFields{"connection", "content-length",
                                                     "transfer-encoding", "te", "upgrade"};

std::string lower(std::string_view text) {
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return made;
}

Result<std::string> parse_method(const std::string& text) {
    constexpr std::size_t kLongest = 20;
    const bool is_method = text.size() <= kLongest && text != "CONNECT" &&
                           std::all_of(text.begin(), text.end(),
                                       [](char c) { return (c >= 'A' && c <= 'Z') || c == '-'; });
    return is_method ? Result<std::string>(text)
                     : Error{ErrorCode::usage,
                             fmt::format("{} is no method; allowed: capital letters, such as GET, "
                                         "HEAD, POST, PUT, PATCH, DELETE; not CONNECT",
                                         in_quotes(text))};
}

Result<std::string> parse_path(const std::string& text) {
    const bool is_path = text.front() == '/' && std::all_of(text.begin(), text.end(), [](char c) {
                             return c > ' ' && c < '\x7f' && c != '#';
                         });
    // A name behind # belongs to a placeholder.
    const bool may_be =
        text.front() == '/' && text.find('{') != std::string::npos &&
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
    return is_path || may_be
               ? Result<std::string>(text)
               : Error{ErrorCode::usage,
                       fmt::format("{} is no path; allowed: a / first, then printable ASCII "
                                   "without blanks (%20 is one), and placeholders such as "
                                   "{{rand:1..9}}",
                                   in_quotes(text))};
}

/// "gzip, br".
Result<std::string> parse_codings(const std::string& text) {
    const std::vector<std::string> known{"gzip", "br", "zstd", "deflate", "identity"};
    const auto items = parse_list(text);
    if (!items) {
        return items.error();
    }
    for (const auto& item : *items) {
        if (const auto index = parse_word(item, known); !index) {
            return index.error();
        }
    }
    return fmt::format("{}", fmt::join(*items, ", "));
}

/// The fields that keys with this prefix give.
std::vector<model::HeaderField> read_fields(const SectionReader& reader, std::string_view prefix) {
    constexpr std::string_view kToken = "!#$%&'*+-.^_`|~";  // RFC 9110, section 5.6.2
    std::vector<model::HeaderField> fields;
    for (const auto& entry : reader.section().entries) {
        if (!entry.key.starts_with(prefix)) {
            continue;
        }
        const auto name = entry.key.substr(prefix.size());
        const auto small = lower(name);
        const bool is_name = !small.empty() && std::all_of(small.begin(), small.end(), [&](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                   kToken.find(c) != std::string_view::npos;
        });
        if (!is_name) {
            reader.tell(entry, "names no header field: letters, digits, \"-\" and \"_\"");
        } else if (prefix == kHeader &&
                   std::find(kOwnFields.begin(), kOwnFields.end(), small) != kOwnFields.end()) {
            reader.tell(entry, "is sent as the request needs it and cannot be set");
        } else {
            fields.push_back({name, entry.value});
        }
    }
    return fields;
}

// The one of these keys that is set; of two the second is told.
const IniEntry* only_one(const SectionReader& reader,
                         const std::vector<std::string_view>& alternatives) {
    const IniEntry* first = nullptr;
    for (const auto key : alternatives) {
        const auto* entry = reader.find(key);
        if (entry != nullptr && first != nullptr) {
            reader.tell_contradiction(*entry, *first, "a body is one or the other");
        }
        first = first == nullptr ? entry : first;
    }
    return first;
}

/// The text of this key, or that of the file which it names.
std::optional<model::BodySpec> read_body(const SectionReader& reader, const IniEntry& entry,
                                         const std::filesystem::path& folder) {
    if (!entry.key.ends_with("_file")) {
        return model::BodySpec{entry.value, false};
    }
    auto content = read_file(folder / entry.value, kMostBodyBytes);
    if (!content) {
        reader.tell(entry, content.error().message);
        return std::nullopt;
    }
    return model::BodySpec{std::move(*content), true};
}

void read_request_body(const SectionReader& reader, const std::filesystem::path& folder,
                       model::RequestSpec& request) {
    const auto* entry = only_one(reader, {"form", "body", "body_file"});
    if (entry == nullptr) {
        return;
    }
    request.body = read_body(reader, *entry, folder);
    if (entry->key == "form") {
        const bool has_type =
            std::any_of(request.headers.begin(), request.headers.end(),
                        [](const auto& field) { return lower(field.name) == "content-type"; });
        if (!has_type) {
            request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
        }
    }
    if (reader.find("method") == nullptr) {
        reader.tell(*entry,
                    "a GET, which is the default, has no body: write method = POST, or "
                    "method = GET if that is meant");
    }
}

/// "header Location", "json /items/0/id".
std::vector<model::TakeSpec> read_takes(const SectionReader& reader) {
    std::vector<model::TakeSpec> takes;
    for (const auto& entry : reader.section().entries) {
        if (!entry.key.starts_with(kTake)) {
            continue;
        }
        const auto blank = std::min(entry.value.find(' '), entry.value.size());
        const auto from = from_word<model::TakeSpec::From>(entry.value.substr(0, blank));
        const auto begin = std::min(entry.value.find_first_not_of(' ', blank), entry.value.size());
        const auto what = entry.value.substr(begin);
        const auto name = parse_id(entry.key.substr(kTake.size()));
        const bool is_pointer = what.starts_with('/');
        if (!name) {
            reader.tell(entry, name.error().message);
        } else if (!from || what.empty() || (*from == model::TakeSpec::From::json && !is_pointer)) {
            reader.tell(entry, fmt::format("{} is nothing to take; allowed: header NAME, such as "
                                           "header Location, or json /POINTER, such as "
                                           "json /items/0/id",
                                           in_quotes(entry.value)));
        } else {
            takes.push_back({*name, *from, what});
            const auto* codings = reader.find("accept_encoding");
            if (*from == model::TakeSpec::From::json && codings != nullptr &&
                codings->value != "identity") {
                reader.tell_contradiction(entry, *codings,
                                          "a value is taken out of a body as it comes");
            }
        }
    }
    return takes;
}

// What no answer can be.
void check_expectations(const SectionReader& reader, const model::RequestSpec& request) {
    const auto* body = reader.find("expect_body");
    body = body == nullptr ? reader.find("expect_body_file") : body;
    if (body == nullptr || !request.expect_body || request.expect_body->text.empty()) {
        return;
    }
    constexpr unsigned kNoContent = 204;
    constexpr unsigned kNotModified = 304;
    if (request.method == "HEAD") {
        reader.tell_contradiction(*body, *reader.find("method"), "its answer never has a body");
    } else if (request.expect_status == kNoContent || request.expect_status == kNotModified) {
        reader.tell_contradiction(*body, *reader.find("expect_status"),
                                  "an answer with that status never has a body");
    }
}

// A part of a request, as the error of its template names it, is the key that gave it.
const IniEntry* entry_of(const SectionReader& reader, const std::string& part) {
    for (const auto& alternative :
         {part, part + "_file", std::string(part == "body" ? "form" : part)}) {
        if (const auto* entry = reader.find(alternative)) {
            return entry;
        }
    }
    return nullptr;
}

void check_templates(const SectionReader& reader, const std::filesystem::path& folder,
                     const model::RequestSpec& request, model::Picks& picks) {
    const auto find = [&](const std::string& file) -> Result<requests::Lines> {
        auto lines = requests::read_lines_to_pick(folder / file);
        if (!lines) {
            return lines.error();
        }
        picks[file] = *lines;
        return std::make_shared<const std::vector<std::string>>(std::move(*lines));
    };
    // Whether an earlier step takes them is told where the flow is read.
    const auto made =
        requests::RequestTemplate::make(request, {"host", true}, find, names_taken_by(request));
    if (made) {
        return;
    }
    const auto& message = made.error().message;
    const auto colon = message.find(": ");
    const auto* entry = entry_of(reader, message.substr(0, colon));
    if (entry != nullptr && colon != std::string::npos) {
        reader.tell(*entry, message.substr(colon + 2));
    } else {
        reader.problems().add(reader.section().where, message);
    }
}

KeyText text_of(std::string name, std::string words, std::string help) {
    return {std::move(name), std::move(words), "none", std::move(help)};
}

RequestKeys request_keys() {
    using model::RequestSpec;
    const std::string text = "any text of one line";
    return {
        key("method", &RequestSpec::method, shape::text("a method such as `POST`", parse_method),
            "how it is asked"),
        key("path", &RequestSpec::path, shape::text("a path with or without a query", parse_path),
            "what is asked"),
        key_text<RequestSpec>(text_of("header.NAME", text,
                                      "a header field. Host, User-Agent and Accept are sent "
                                      "anyhow, and can be replaced")),
        key_text<RequestSpec>(text_of("accept_encoding",
                                      "`gzip`, `br`, `zstd`, `deflate`, `identity`",
                                      "asks for compressed answers; they are decoded and compared "
                                      "as `verify` says")),
        key_text<RequestSpec>(text_of("body", text, "what is sent with it")),
        key_text<RequestSpec>(text_of("body_file", "a file's path",
                                      "the same out of a file, in which nothing is a placeholder")),
        key_text<RequestSpec>(
            text_of("form", "`a=1&b=2`", "the same as a form (application/x-www-form-urlencoded)")),
        key("expect_status", &RequestSpec::expect_status, shape::count<unsigned>(200, 599),
            "of the right answer"),
        key_text<RequestSpec>(text_of("expect_body", text,
                                      "of the right answer, compared as `verify` says; without it "
                                      "any body is right")),
        key_text<RequestSpec>(text_of("expect_body_file", "a file's path",
                                      "the same out of a file, in which nothing is a placeholder")),
        key_text<RequestSpec>(text_of("expect_header.NAME", text,
                                      "a header field of the right answer, with exactly this "
                                      "value")),
        key_text<RequestSpec>(text_of("take.NAME", "`header NAME`, `json /POINTER`",
                                      "in a flow: a value of the answer, which later steps send by "
                                      "{take:NAME}; an answer without it is a failure (no-value)")),
        key("think_time", &RequestSpec::think_time, think_time(),
            "in a flow: the pause behind this step", "that of the profile"),
        key("weight", &RequestSpec::weight, shape::count(0, model::kMostWeight),
            "its share of a mix, where the profile gives it none"),
    };
}

}  // namespace

std::vector<std::string> names_taken_by(const model::RequestSpec& request) {
    constexpr std::string_view kBegin = "{take:";
    std::vector<std::string> names;
    const auto look = [&](const std::string& text) {
        for (auto at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at + 1)) {
            const auto before = text.find_last_not_of('{', at);
            if ((at - (before == std::string::npos ? 0 : before + 1)) % 2 == 1) {
                continue;  // "{{" is a brace
            }
            const auto begin = at + kBegin.size();
            names.push_back(text.substr(begin, text.find_first_of("}#", begin) - begin));
        }
    };
    look(request.path);
    for (const auto& fields : {request.headers, request.expect_headers}) {
        for (const auto& field : fields) {
            look(field.value);
        }
    }
    for (const auto& body : {request.body, request.expect_body}) {
        if (body && !body->as_it_is) {
            look(body->text);
        }
    }
    return names;
}

model::RequestSpec read_request(const IniSection& section, const std::filesystem::path& folder,
                                model::Picks& picks, Problems& problems) {
    const SectionReader reader(section, problems);
    model::RequestSpec request;
    const auto name = parse_id(section.name.substr(std::string_view("request.").size()));
    if (name) {
        request.name = *name;
    } else {
        problems.add(section.where,
                     "[" + shortened(section.name, 60) + "]: " + name.error().message);
    }
    std::vector<std::string> known;
    for (const auto& key : request_table().keys) {
        known.push_back(key.name);
    }
    for (const auto& entry : section.entries) {
        if (entry.key.starts_with(kHeader) || entry.key.starts_with(kExpectHeader) ||
            entry.key.starts_with(kTake)) {
            known.push_back(entry.key);
        }
    }
    reader.reject_unknown(known);
    for (const auto& key : request_keys()) {
        key.read(reader, request);
    }
    request.headers = read_fields(reader, kHeader);
    if (auto codings = reader.get("accept_encoding", parse_codings)) {
        request.headers.push_back({"Accept-Encoding", std::move(*codings)});
    }
    read_request_body(reader, folder, request);
    request.expect_headers = read_fields(reader, kExpectHeader);
    request.takes = read_takes(reader);
    if (const auto* entry = only_one(reader, {"expect_body", "expect_body_file"})) {
        request.expect_body = read_body(reader, *entry, folder);
    }
    check_expectations(reader, request);
    check_templates(reader, folder, request, picks);
    return request;
}

KeyTable request_table() { return table_of("[request.NAME]", request_keys()); }

}  // namespace benchhost::config
