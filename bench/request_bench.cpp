// What it costs to make a request whose values are drawn anew, and to know the right answer to it.
#include "core/http/response_parser.hpp"
#include "core/load/engine/answer_check.hpp"
#include "core/load/engine/coded_answers.hpp"
#include "core/model/route.hpp"
#include "core/requests/mix.hpp"
#include "core/requests/request_template.hpp"
#include "core/servers/null_server.hpp"

#include <benchmark/benchmark.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace benchhost;
using requests::Identity;
using requests::RequestTemplate;
using requests::TextTemplate;

Result<requests::Lines> no_lines(const std::string& file) {
    return Error{ErrorCode::usage, "there is no " + file};
}

TextTemplate text_of(std::string_view text) {
    requests::Draws draws(no_lines);
    const auto made = TextTemplate::parse(text, draws);
    return made.value();
}

RequestTemplate request_of(const model::RequestSpec& spec) {
    const requests::Connection connection{"127.0.0.1:8080"};
    const auto made = RequestTemplate::make(spec, connection, no_lines);
    return made.value();
}

model::RequestSpec get(const std::string& path) {
    model::RequestSpec spec;
    spec.path = path;
    return spec;
}

model::RequestSpec post(const std::string& body) {
    model::RequestSpec spec;
    spec.method = "POST";
    spec.body = model::BodySpec{body};
    return spec;
}

constexpr const char* kFixed = "/item/0000000000000000";
constexpr const char* kNonce = "/item/{nonce}";
constexpr const char* kNumber = "/item/{rand:1..1000000}";
constexpr const char* kSum = "{rand:0..999999999#a} {rand:0..999999999#b} {sum:a,b}";
constexpr const char* kKibibyte = "{nonce}{fill:1008B}";

void text_write(benchmark::State& state, const char* text) {
    const auto made = text_of(text);
    std::vector<char> room(made.longest());
    Identity request;
    for (auto _ : state) {
        ++request.number;
        benchmark::DoNotOptimize(made.write(request, room.data()));
    }
}
BENCHMARK_CAPTURE(text_write, fixed, kFixed);
BENCHMARK_CAPTURE(text_write, nonce, kNonce);
BENCHMARK_CAPTURE(text_write, number, kNumber);
BENCHMARK_CAPTURE(text_write, sum, kSum);
BENCHMARK_CAPTURE(text_write, nonce_and_1008_bytes, kKibibyte);

void text_matches(benchmark::State& state, const char* text) {
    const auto made = text_of(text);
    // So many that the branches of one cannot be learned.
    std::vector<std::string> right;
    for (Identity request; right.size() < 1024; ++request.number) {
        right.push_back(made.text(request));
    }
    Identity request;
    for (auto _ : state) {
        benchmark::DoNotOptimize(made.matches(request, 0, right[request.number]));
        request.number = (request.number + 1) % right.size();
    }
}
BENCHMARK_CAPTURE(text_matches, fixed, kFixed);
BENCHMARK_CAPTURE(text_matches, nonce, kNonce);
BENCHMARK_CAPTURE(text_matches, number, kNumber);
BENCHMARK_CAPTURE(text_matches, sum, kSum);
BENCHMARK_CAPTURE(text_matches, nonce_and_1008_bytes, kKibibyte);

// How long it is, and its bytes: what the engine wants of each that is not the same every time.
void request_piece(benchmark::State& state, const model::RequestSpec& spec) {
    const auto kind = request_of(spec);
    std::vector<char> room(kind.room());
    Identity request;
    for (auto _ : state) {
        ++request.number;
        benchmark::DoNotOptimize(kind.length(request));
        benchmark::DoNotOptimize(kind.piece(request, 0, room.data()));
    }
}
BENCHMARK_CAPTURE(request_piece, fixed_get, get(kFixed));
BENCHMARK_CAPTURE(request_piece, nonce_get, get(kNonce));
BENCHMARK_CAPTURE(request_piece, number_get, get(kNumber));
BENCHMARK_CAPTURE(request_piece, fixed_post, post("{fill:1KiB}"));
BENCHMARK_CAPTURE(request_piece, nonce_post, post(kKibibyte));

void mix_next(benchmark::State& state, const std::vector<std::uint32_t>& weights) {
    requests::Mix mix(weights, 1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(mix.next());
    }
}
BENCHMARK_CAPTURE(mix_next, one, std::vector<std::uint32_t>{1});
BENCHMARK_CAPTURE(mix_next, four_alike, std::vector<std::uint32_t>{1, 1, 1, 1});
BENCHMARK_CAPTURE(mix_next, four, std::vector<std::uint32_t>{60, 20, 15, 5});

std::string gzipped(std::string plain) {
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&stream, plain.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(plain.data());
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string items(std::int64_t count) {
    return model::items_document(model::standard_items(), static_cast<std::size_t>(count));
}

http::ResponseParser parsed(const std::string& body) {
    http::ResponseParser parser;
    parser.parse(servers::canned_answer(body));
    return parser;
}

// A compressed answer whose bytes have been decoded before ...
void answer_coded(benchmark::State& state) {
    const auto plain = items(state.range(0));
    const auto coded = gzipped(plain);
    auto spec = get("/items");
    spec.headers = {{"Accept-Encoding", "gzip"}};
    spec.expect_body = model::BodySpec{plain, true};
    const std::vector<RequestTemplate> kinds{request_of(spec)};
    load::CodedAnswers answers(kinds, 1, true);
    const load::AnswerCheck check(model::Verify::full, kinds.front());
    const auto parser = parsed(coded);
    const Identity request;
    const auto is_right = [&] {
        answers.take(0, 0, request, http::ContentCoding::gzip, 0, coded);
        return answers.finish(0, 0, request, coded.size());
    };
    if (!is_right() || !is_right() || answers.decoded() != 1) {
        state.SkipWithError("what was decoded once is not known again");
        return;
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(check.judge_coded(parser, is_right()).has_value());
    }
    state.SetLabel(std::to_string(coded.size()) + " bytes");
}
BENCHMARK(answer_coded)->Arg(50)->Arg(1000);

// ... and the same bytes, expected as they come.
void answer_as_it_is(benchmark::State& state) {
    const auto bytes = gzipped(items(state.range(0)));
    auto spec = get("/items");
    spec.expect_body = model::BodySpec{bytes, true};
    const auto kind = request_of(spec);
    const load::AnswerCheck check(model::Verify::full, kind);
    const auto parser = parsed(bytes);
    const Identity request;
    for (auto _ : state) {
        const bool matches = check.matches(request, 0, bytes);
        benchmark::DoNotOptimize(check.judge(request, parser, matches).has_value());
    }
    state.SetLabel(std::to_string(bytes.size()) + " bytes");
}
BENCHMARK(answer_as_it_is)->Arg(50)->Arg(1000);

// What the first of them costs, and each of a server that compresses anew and differently.
void answer_decoded(benchmark::State& state) {
    const auto coded = gzipped(items(state.range(0)));
    auto spec = get("/items");  // expects nothing, so that no variant of it is kept
    spec.headers = {{"Accept-Encoding", "gzip"}};
    const std::vector<RequestTemplate> kinds{request_of(spec)};
    load::CodedAnswers answers(kinds, 1, true);
    const Identity request;
    for (auto _ : state) {
        answers.take(0, 0, request, http::ContentCoding::gzip, 0, coded);
        benchmark::DoNotOptimize(answers.finish(0, 0, request, coded.size()));
    }
    state.SetLabel(std::to_string(coded.size()) + " bytes");
}
BENCHMARK(answer_decoded)->Arg(50)->Arg(1000);

}  // namespace
