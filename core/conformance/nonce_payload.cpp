#include "core/conformance/nonce_payload.hpp"

#include "core/base/file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <random>
#include <system_error>
#include <utility>

namespace benchhost::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileSize = std::size_t{64} * 1024;

std::string make_nonce() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}", random(), random());
}

std::string file_content(const std::string& nonce) {
    std::string content;
    for (std::size_t line = 0; content.size() < kFileSize; ++line) {
        content += fmt::format("{} {:06}\n", nonce, line);
    }
    content.resize(kFileSize);
    return content;
}

/// `space` stands wherever JSON allows a blank.
std::string json_of(const std::string& nonce, std::size_t members, const char* space) {
    std::string json = fmt::format(R"({{"nonce":{0}"{1}",{0}"values":{0}[)", space, nonce);
    for (std::size_t i = 0; i < members; ++i) {
        json += fmt::format(R"({0}{{"id":{1}{2},{1}"even":{1}{3},{1}"none":{1}null,{1})"
                            R"("list":{1}[1,{1}2,{1}{4}]}})",
                            i == 0 ? "" : std::string(",") + space, space, 1'557'000'000 + i,
                            i % 2 == 0 ? "true" : "false", i * 37);
    }
    return json + "]}";
}

/// As JSON; `space` as above.
std::vector<std::string> items_of(const std::string& nonce, const char* space) {
    std::vector<std::string> items;
    for (std::size_t i = 0; i < kNonceItems; ++i) {
        items.push_back(fmt::format(R"({{"id":{0}{1},{0}"name":{0}"{2} {1}",{0}"even":{0}{3},)"
                                    R"({0}"counts":{0}[{1},{0}{4}]}})",
                                    space, i, nonce, i % 2 == 0 ? "true" : "false", i * 37));
    }
    return items;
}

struct Bodies {
    std::string given;
    std::string expected;
};

Bodies bodies_of(model::RouteForm form, const std::string& nonce, std::size_t json_members) {
    const auto alike = [](const std::string& body) { return Bodies{body, body}; };
    switch (form) {
        case model::RouteForm::serialised:
            return {json_of(nonce, json_members, " "), json_of(nonce, json_members, "")};
        case model::RouteForm::items:
        case model::RouteForm::compressed:
            return {fmt::format("[{}]", fmt::join(items_of(nonce, " "), ", ")), ""};
        case model::RouteForm::as_it_is:
            return alike(json_members > 3 ? json_of(nonce, json_members, "")
                                          : "Hello " + nonce + "!");
        case model::RouteForm::uncompared:
            return alike("benchhost check " + nonce);
        case model::RouteForm::wait:
            return alike("waited " + nonce);
        case model::RouteForm::from_file:
            return {"", file_content(nonce)};
        case model::RouteForm::echo:
        case model::RouteForm::upload:
        case model::RouteForm::sum:
            break;
    }
    return {};
}

}  // namespace

Result<NoncePayload> NoncePayload::make(const fs::path& directory, std::size_t json_members) {
    const auto nonce = make_nonce();
    NoncePayload payload;
    payload.items_ = items_of(nonce, "");
    for (const model::Route route : kAll<model::Route>) {
        auto expected = model::standard_content(route);
        auto given = expected;
        const auto form = model::facts_of(route).form;
        auto bodies = bodies_of(form, nonce, json_members);
        given.body = std::move(bodies.given);
        expected.body = std::move(bodies.expected);
        if (form == model::RouteForm::from_file) {
            expected.file = given.file = directory / "payload.bin";
            if (const auto written = replace_file(expected.file, expected.body); !written) {
                return with_context("the file to serve", written.error());
            }
        }
        payload.expected_.routes.push_back(std::move(expected));
        payload.given_.push_back(std::move(given));
    }
    return payload;
}

std::string NoncePayload::first_items(std::size_t count) const {
    return model::items_document(items_, count);
}

Status NoncePayload::swap_file(Swap how) {
    auto& route = *std::find_if(expected_.routes.begin(), expected_.routes.end(),
                                [](const auto& each) { return each.route == model::Route::file; });
    const auto content = file_content(make_nonce());
    if (how == Swap::by_rename) {
        if (auto written = replace_file(route.file, content); !written) {
            return written;
        }
    } else {
        std::fstream file(route.file, std::ios::in | std::ios::out | std::ios::binary);
        file.write(content.data(), static_cast<std::streamsize>(content.size()));
        if (!file.flush()) {
            return system_error(ErrorCode::environment, "cannot write " + route.file.string(),
                                errno);
        }
    }
    // Clearly later: caches that look at the time in whole seconds are right to exist.
    std::error_code error;
    const auto age = how == Swap::by_rename ? std::chrono::seconds(20) : std::chrono::seconds(10);
    fs::last_write_time(route.file, fs::file_time_type::clock::now() + age, error);
    if (error) {
        return system_error(ErrorCode::environment, "cannot touch " + route.file.string(),
                            error.value());
    }
    route.body = content;
    return {};
}

}  // namespace benchhost::conformance
