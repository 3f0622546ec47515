// What it costs to read one answer.
#include "core/http/head_cache.hpp"
#include "core/http/response_parser.hpp"
#include "core/servers/null_server.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using benchhost::http::HeadCache;
using benchhost::http::ResponseParser;
using benchhost::servers::canned_answer;

void parse(benchmark::State& state) {
    const std::string answer =
        canned_answer(std::string(static_cast<std::size_t>(state.range(0)), 'x'));
    ResponseParser parser;
    for (auto _ : state) {
        parser.reset();
        benchmark::DoNotOptimize(parser.parse(answer));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(parse)->Arg(12)->Arg(1024)->Arg(65'536);

void parse_same_head(benchmark::State& state) {
    const std::string answer =
        canned_answer(std::string(static_cast<std::size_t>(state.range(0)), 'x'));
    ResponseParser parser;
    HeadCache heads;
    for (auto _ : state) {
        parser.reset();
        benchmark::DoNotOptimize(heads.parse(parser, answer));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(parse_same_head)->Arg(12)->Arg(1024)->Arg(65'536);

void parse_chunked(benchmark::State& state) {
    const std::string answer =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\nHello World!\r\n0\r\n\r\n";
    ResponseParser parser;
    for (auto _ : state) {
        parser.reset();
        for (std::string_view rest = answer; !rest.empty();) {
            rest.remove_prefix(parser.parse(rest).consumed);
        }
        benchmark::DoNotOptimize(parser);
    }
}
BENCHMARK(parse_chunked);

void parse_byte_by_byte(benchmark::State& state) {
    const std::string answer = canned_answer("Hello World!");
    ResponseParser parser;
    for (auto _ : state) {
        parser.reset();
        for (const char& byte : answer) {
            benchmark::DoNotOptimize(parser.parse({&byte, 1}));
        }
    }
}
BENCHMARK(parse_byte_by_byte);

}  // namespace
