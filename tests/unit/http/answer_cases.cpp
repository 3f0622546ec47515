#include "tests/unit/http/answer_cases.hpp"

namespace benchhost::http {

namespace {

using State = ResponseParser::State;
using namespace std::string_literals;

AnswerCase complete(std::string name, std::string answer, std::string body = "Hello World!",
                    unsigned status = 200) {
    return {std::move(name),
            std::move(answer),
            State::complete,
            status,
            std::move(body),
            true,
            "",
            false};
}

AnswerCase last(AnswerCase answer) {
    answer.keep_alive = false;
    return answer;
}

AnswerCase to_head(AnswerCase answer) {
    answer.head_request = true;
    answer.body.clear();
    return answer;
}

AnswerCase until_close(std::string name, std::string answer, std::string body) {
    return {std::move(name),
            std::move(answer),
            State::need_more,
            200,
            std::move(body),
            false,
            "",
            false};
}

AnswerCase malformed(std::string name, std::string answer, std::string why) {
    return {
        std::move(name), std::move(answer), State::malformed, 0, "", false, std::move(why), false};
}

void add_complete_with_length(std::vector<AnswerCase>& cases) {
    cases.push_back(complete("length",
                             "HTTP/1.1 200 OK\r\nServer: x\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT"
                             "\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n"
                             "Hello World!"));
    cases.push_back(complete("length-zero", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""));
    cases.push_back(
        complete("length-any-case", "HTTP/1.1 200 OK\r\ncOnTeNt-LENGTH:2\r\n\r\nhi", "hi"));
    cases.push_back(complete("length-odd-spacing",
                             "HTTP/1.1 200 OK\r\nContent-Length:\t  2 \t\r\n\r\nhi", "hi"));
    cases.push_back(complete("length-leading-zeros",
                             "HTTP/1.1 200 OK\r\nContent-Length: 0002\r\n\r\nhi", "hi"));
    cases.push_back(complete("length-twice-equal",
                             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
                             "hi"));
    cases.push_back(complete("length-list-equal",
                             "HTTP/1.1 200 OK\r\nContent-Length: 2, 02,2\r\n\r\nhi", "hi"));
    cases.push_back(
        complete("length-folded", "HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\n\r\nhi", "hi"));
    cases.push_back(complete("other-fields-with-the-same-beginning",
                             "HTTP/1.1 200 OK\r\nContent-Lengthy: 9\r\nContent-Lengt: 8\r\n"
                             "Con: 7\r\nTransfer-Encodin: chunked\r\nConnections: close\r\n"
                             "Content-Length: 2\r\nC: 1\r\nT: 2\r\n\r\nhi",
                             "hi"));
    for (const std::string minor : {"0", "1"}) {
        cases.push_back(complete("identity-and-length-in-http1" + minor,
                                 "HTTP/1." + minor +
                                     " 200 OK\r\nTransfer-Encoding: Identity\r\n"
                                     "Connection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
                                 "hi"));
    }
    cases.push_back(complete("identity-in-two-fields-and-length",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity ,\r\n"
                             "Content-Length: 2\r\nTransfer-Encoding: identity\r\n\r\nhi",
                             "hi"));
    cases.push_back(complete("bare-lf", "HTTP/1.1 200 OK\nContent-Length: 2\nX: y\n\nhi", "hi"));
    cases.push_back(
        complete("mixed-line-ends", "HTTP/1.1 200 OK\nContent-Length: 2\r\n\nhi", "hi"));
    cases.push_back(complete("fold-of-an-ignored-field",
                             "HTTP/1.1 200 OK\r\nX: a\r\n\tContent-Length: 5\r\n"
                             "Content-Length: 2\r\n\r\nhi",
                             "hi"));
    cases.push_back(
        complete("empty-value", "HTTP/1.1 200 OK\r\nX:\r\nContent-Length: 2\r\n\r\nhi", "hi"));
    cases.push_back(complete("bare-cr-and-nul-in-an-ignored-value",
                             "HTTP/1.1 200 OK\r\nX: a\rb\0c\r\nContent-Length: 2\r\n\r\nhi"s,
                             "hi"));
    cases.push_back(complete("every-token-byte-in-a-name",
                             "HTTP/1.1 200 OK\r\n!#$%&'*+-.^_`|~09azAZ: 1\r\n"
                             "Content-Length: 2\r\n\r\nhi",
                             "hi"));
}

void add_complete_status_lines(std::vector<AnswerCase>& cases) {
    const std::string rest = "Content-Length: 2\r\n\r\nhi";
    cases.push_back(complete("no-reason", "HTTP/1.1 200 \r\n" + rest, "hi"));
    cases.push_back(complete("no-reason-no-space", "HTTP/1.1 200\r\n" + rest, "hi"));
    cases.push_back(complete("no-reason-bare-lf", "HTTP/1.1 200\n" + rest, "hi"));
    cases.push_back(
        complete("reason-of-other-bytes", "HTTP/1.1 200 \xC3\xA9 \t x\r\n" + rest, "hi"));
    cases.push_back(complete("newer-minor-version", "HTTP/1.7 200 OK\r\n" + rest, "hi"));
    cases.push_back(complete("status-503", "HTTP/1.1 503 No\r\n" + rest, "hi", 503));
    cases.push_back(complete("status-beyond-599", "HTTP/1.1 999 No\r\n" + rest, "hi", 999));
    cases.push_back(complete("status-below-100", "HTTP/1.1 099 No\r\n" + rest, "hi", 99));
}

void add_complete_without_body(std::vector<AnswerCase>& cases) {
    cases.push_back(complete("204", "HTTP/1.1 204 No Content\r\n\r\n", "", 204));
    cases.push_back(
        complete("204-with-length", "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", "", 204));
    cases.push_back(
        complete("204-chunked", "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", "", 204));
    cases.push_back(
        complete("304-with-length", "HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n", "", 304));
    cases.push_back(
        complete("304-with-bad-length", "HTTP/1.1 304 Same\r\nContent-Length: x\r\n\r\n", "", 304));
    cases.push_back(
        to_head(complete("head-with-length", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n")));
    cases.push_back(
        to_head(complete("head-chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")));
    cases.push_back(to_head(complete("head-without-length", "HTTP/1.1 200 OK\r\n\r\n")));
    cases.push_back(complete("100-first",
                             "HTTP/1.1 100 Continue\r\nContent-Length: 7\r\nConnection: close\r\n"
                             "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                             "hi"));
    cases.push_back(complete("several-interim",
                             "HTTP/1.1 100\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                             "HTTP/1.1 102 Processing\n\nHTTP/1.1 200 OK\r\n"
                             "Content-Length: 2\r\n\r\nhi",
                             "hi"));
    cases.push_back(to_head(complete(
        "head-after-100", "HTTP/1.1 100\r\n\r\nHTTP/1.1 200\r\nContent-Length: 2\r\n\r\n")));
}

void add_complete_chunked(std::vector<AnswerCase>& cases) {
    const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    cases.push_back(complete("chunked", head + "5\r\nHello\r\n7\r\n World!\r\n0\r\n\r\n"));
    cases.push_back(complete("chunked-empty", head + "0\r\n\r\n", ""));
    cases.push_back(complete("chunked-hex", head + "00c\r\nHello World!\r\n000\r\n\r\n"));
    cases.push_back(complete("chunked-hex-upper", head + "C\r\nHello World!\r\n0\r\n\r\n"));
    cases.push_back(complete("chunked-extensions",
                             head + "C;a;b=c;d=\"x y\"\r\nHello World!\r\n0 ; last\r\n\r\n"));
    cases.push_back(complete("chunked-padded", head + "C  \r\nHello World!\r\n0\t\r\n\r\n"));
    cases.push_back(complete("chunked-trailers",
                             head + "2\r\nhi\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\n"
                                    "Connection: close\r\nX: y\r\n folded\r\n\r\n",
                             "hi"));
    cases.push_back(complete("chunked-trailers-bare-lf", head + "2\r\nhi\r\n0\r\nX: y\n\n", "hi"));
    const auto coded = [&cases](std::string name, const std::string& fields) {
        cases.push_back(complete(std::move(name),
                                 "HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                                 "hi"));
    };
    coded("chunked-any-case", "TRANSFER-ENCODING: ChunKed");
    coded("chunked-after-gzip", "Transfer-Encoding: gzip, chunked");
    coded("chunked-in-a-second-field", "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked");
    coded("chunked-empty-elements", "Transfer-Encoding: , ,chunked,");
    coded("chunked-folded", "Transfer-Encoding: gzip,\r\n\t chunked \r\n ");
    coded("chunked-after-identity", "Transfer-Encoding: identity, chunked");
    coded("coding-with-parameter", "Transfer-Encoding: x;y=z, chunked");
}

void add_complete_connections(std::vector<AnswerCase>& cases) {
    const auto with = [](std::string name, const std::string& line, const std::string& fields) {
        return complete(std::move(name), line + "\r\nContent-Length: 2\r\n" + fields + "\r\nhi",
                        "hi");
    };
    const std::string one = "HTTP/1.1 200 OK";
    const std::string zero = "HTTP/1.0 200 OK";
    cases.push_back(last(with("close", one, "Connection: close\r\n")));
    cases.push_back(last(with("close-any-case", one, "CONNECTION: CLOSE\r\n")));
    cases.push_back(last(with("close-in-a-list", one, "Connection: X-Foo, close ,Upgrade\r\n")));
    cases.push_back(last(with("close-wins", one, "Connection: keep-alive, close\r\n")));
    cases.push_back(
        last(with("close-in-a-second-field", one, "Connection: a\r\nConnection: close\r\n")));
    cases.push_back(last(with("close-folded", one, "Connection: a,\r\n close\r\n")));
    cases.push_back(with("keep-alive", one, "Connection: Keep-Alive\r\n"));
    cases.push_back(with("keep-alive-header-is-no-token", one, "Keep-Alive: timeout=5, max=1\r\n"));
    cases.push_back(
        with("words-like-close", one, "Connection: closed, clos, close-x, close x\r\n"));
    cases.push_back(with("connection-empty", one, "Connection:\r\n"));
    cases.push_back(last(with("http10", zero, "")));
    cases.push_back(with("http10-keep-alive", zero, "Connection: Keep-Alive\r\n"));
    cases.push_back(with("http10-keep-alive-list", zero, "Connection: foo ,KEEP-ALIVE, bar\r\n"));
    cases.push_back(
        last(with("http10-keep-alive-and-close", zero, "Connection: keep-alive, close\r\n")));
    cases.push_back(last(with("http10-word-like-keep-alive", zero, "Connection: keep-alive2\r\n")));
}

}  // namespace

std::vector<AnswerCase> complete_answers() {
    std::vector<AnswerCase> cases;
    add_complete_with_length(cases);
    add_complete_status_lines(cases);
    add_complete_without_body(cases);
    add_complete_chunked(cases);
    add_complete_connections(cases);
    return cases;
}

std::vector<AnswerCase> answers_until_close() {
    return {
        until_close("no-length", "HTTP/1.1 200 OK\r\nX: y\r\n\r\nHello", "Hello"),
        until_close("no-length-no-body", "HTTP/1.1 200 OK\r\n\r\n", ""),
        until_close("http10-no-length", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nHello",
                    "Hello"),
        until_close("coding-not-chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nHello",
                    "Hello"),
        until_close("identity", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nHello",
                    "Hello"),
        until_close("identity-in-http10",
                    "HTTP/1.0 200 OK\r\nTransfer-Encoding: identity\r\n\r\nHello", "Hello"),
        until_close("identity-after-chunked",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\nHello",
                    "Hello"),
        until_close("chunked-not-last",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nHello", "Hello"),
        until_close("word-like-chunked",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunkedx\r\n\r\nHello", "Hello"),
        until_close("two-words", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked x\r\n\r\nHello",
                    "Hello"),
        until_close("body-like-an-answer", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
                    "HTTP/1.1 200 OK\r\n\r\n"),
    };
}

std::vector<AnswerCase> incomplete_answers() {
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const auto cut = [](std::string name, std::string answer, std::string body) {
        AnswerCase result = complete(std::move(name), std::move(answer), std::move(body));
        result.state = State::need_more;
        return result;
    };
    return {
        cut("in-the-body", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHello", "Hello"),
        cut("before-the-body", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n", ""),
        cut("in-a-chunk", chunked + "5\r\nHel", "Hel"),
        cut("after-a-chunk", chunked + "5\r\nHello", "Hello"),
        cut("in-the-chunk-end", chunked + "5\r\nHello\r", "Hello"),
        cut("in-the-chunk-size", chunked + "5\r\nHello\r\n0", "Hello"),
        cut("in-the-last-chunk", chunked + "5\r\nHello\r\n0\r\n", "Hello"),
        cut("in-the-trailers", chunked + "5\r\nHello\r\n0\r\nX: y\r\n", "Hello"),
    };
}

std::vector<AnswerCase> malformed_answers() {
    const std::string line = "HTTP/1.1 200 OK\r\n";
    const std::string chunked = line + "Transfer-Encoding: chunked\r\n\r\n";
    const std::string no_version = "the answer does not begin with HTTP/1.";
    return {
        malformed("garbage", "HELLO 200 nonsense\r\n\r\n", no_version),
        malformed("empty-line-first", "\r\nHTTP/1.1 200 OK\r\n\r\n", no_version),
        malformed("lower-case-version", "http/1.1 200 OK\r\n\r\n", no_version),
        malformed("http2", "HTTP/2.0 200 OK\r\n\r\n", no_version),
        malformed("http2-frame", "\0\0\x12\x04\0\0\0\0\0"s, no_version),
        malformed("tls-alert", "\x15\x03\x01\0\x02\x02"s, no_version),
        malformed("no-minor", "HTTP/1. 200 OK\r\n\r\n", "the HTTP version"),
        malformed("long-minor", "HTTP/1.10 200 OK\r\n\r\n", "no space between"),
        malformed("two-spaces", "HTTP/1.1  200 OK\r\n\r\n", "the status is not a number"),
        malformed("short-status", "HTTP/1.1 20 OK\r\n\r\n", "the status is not a number"),
        malformed("signed-status", "HTTP/1.1 -20 OK\r\n\r\n", "the status is not a number"),
        malformed("long-status", "HTTP/1.1 2000 OK\r\n\r\n", "the status is not followed"),
        malformed("status-and-tab", "HTTP/1.1 200\tOK\r\n\r\n", "the status is not followed"),
        malformed("http09", "Hello World!", no_version),
        malformed("101", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "101"),
        malformed("fold-first", line + " X: y\r\n\r\n", "white space before the first"),
        malformed("no-colon", line + "Garbage\r\n\r\n", "a header line has no colon"),
        malformed("space-before-colon", line + "Server : x\r\n\r\n", "a header line has no colon"),
        malformed("space-before-colon-of-length", line + "Content-Length : 2\r\n\r\nhi",
                  "a header line has no colon"),
        malformed("space-in-name", line + "Content Length: 2\r\n\r\nhi",
                  "a header line has no colon"),
        malformed("no-name", line + ": x\r\n\r\n", "a header line does not begin"),
        malformed("nul-in-name", line + "X\0Y: x\r\n\r\n"s, "a header line has no colon"),
        malformed("bare-cr-at-line-start", line + "\rX: y\r\n\r\n", "a CR at the start"),
        malformed("length-negative", line + "Content-Length: -1\r\n\r\n", "Content-Length is not"),
        malformed("length-plus", line + "Content-Length: +1\r\n\r\na", "Content-Length is not"),
        malformed("length-hex", line + "Content-Length: 0x1\r\n\r\na", "Content-Length is not"),
        malformed("length-two-numbers", line + "Content-Length: 1 2\r\n\r\n",
                  "Content-Length is not"),
        malformed("length-folded-number", line + "Content-Length: 1\r\n 2\r\n\r\n",
                  "Content-Length is not"),
        malformed("length-bare-cr", line + "Content-Length: 1\r2\r\n\r\n", "Content-Length is not"),
        malformed("length-nul", line + "Content-Length: 1\0\r\n\r\na"s, "Content-Length is not"),
        malformed("length-overflow", line + "Content-Length: 18446744073709551616\r\n\r\n",
                  "Content-Length is not"),
        malformed("length-empty", line + "Content-Length: \r\n\r\n", "Content-Length is empty"),
        malformed("length-only-commas", line + "Content-Length: ,,\r\n\r\n",
                  "Content-Length is empty"),
        malformed("length-twice-unequal", line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nhi",
                  "two different"),
        malformed("length-list-unequal", line + "Content-Length: 2, 1\r\n\r\nhi", "two different"),
        malformed(
            "length-and-chunked",
            line + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
            "both Transfer-Encoding"),
        malformed("coding-and-length",
                  line + "Transfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi",
                  "both Transfer-Encoding"),
        malformed("word-like-identity-and-length",
                  line + "Transfer-Encoding: identityx\r\nContent-Length: 2\r\n\r\nhi",
                  "both Transfer-Encoding"),
        malformed("identity-and-chunked-and-length",
                  line + "Transfer-Encoding: identity, chunked\r\nContent-Length: 2\r\n\r\nhi",
                  "both Transfer-Encoding"),
        malformed("identity-in-quotes", line + "Transfer-Encoding: \"identity\"\r\n\r\n",
                  "a quoted string"),
        malformed("coding-in-http10",
                  "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                  "Transfer-Encoding in an HTTP/1.0"),
        malformed("coding-empty", line + "Transfer-Encoding:\r\n\r\n",
                  "Transfer-Encoding is empty"),
        malformed("chunked-twice", line + "Transfer-Encoding: chunked, chunked\r\n\r\n",
                  "the chunked coding is applied twice"),
        malformed("chunked-parameter", line + "Transfer-Encoding: chunked;x=y\r\n\r\n",
                  "a parameter"),
        malformed("chunked-parameter-spaced", line + "Transfer-Encoding: chunked ;x=y\r\n\r\n",
                  "a parameter"),
        malformed("coding-quoted", line + "Transfer-Encoding: x;y=\", chunked\"\r\n\r\n",
                  "a quoted string"),
        malformed("chunk-size-missing", chunked + "\r\n\r\n", "a chunk does not begin"),
        malformed("chunk-size-words", chunked + "zz\r\n", "a chunk does not begin"),
        malformed("chunk-size-0x", chunked + "0x5\r\nHello\r\n", "a chunk size is followed"),
        malformed("chunk-size-two-numbers", chunked + "1 2\r\n", "a chunk size is followed"),
        malformed("chunk-size-overflow", chunked + "10000000000000000\r\n",
                  "a chunk size is beyond"),
        malformed("chunk-size-bare-lf", chunked + "2\nhi\r\n0\r\n\r\n", "a chunk size is followed"),
        malformed("chunk-size-bare-cr", chunked + "2\rhi\r\n", "the CR after a chunk size"),
        malformed("chunk-extension-bare-lf", chunked + "2;x\nhi\r\n", "a chunk extension ends"),
        malformed("chunk-extension-bare-cr", chunked + "2;x\ry\r\n", "the CR after a chunk size"),
        malformed("chunk-too-long", chunked + "1\r\nhi\r\n0\r\n\r\n", "a chunk is longer"),
        malformed("chunk-end-bare-lf", chunked + "2\r\nhi\n0\r\n\r\n", "a chunk is longer"),
        malformed("chunk-end-bare-cr", chunked + "2\r\nhi\r0\r\n\r\n", "a chunk does not end"),
        malformed("trailer-no-colon", chunked + "0\r\nnonsense\r\n\r\n",
                  "a header line has no colon"),
        malformed("trailer-fold-first", chunked + "0\r\n x\r\n\r\n",
                  "white space before the first"),
    };
}

}  // namespace benchhost::http
