// Answers as servers send them, right and wrong, and what has to be read from each.
#pragma once

#include "core/http/response_parser.hpp"

#include <string>
#include <vector>

namespace benchhost::http {

struct AnswerCase {
    std::string name;
    std::string answer;
    ResponseParser::State state{};
    unsigned status = 200;
    std::string body;
    bool keep_alive = true;
    std::string why;  ///< the beginning of malformed_why()
    bool head_request = false;
};

std::vector<AnswerCase> complete_answers();
/// Complete only when the connection ends (state: before FIN).
std::vector<AnswerCase> answers_until_close();
/// Cut off: closed early.
std::vector<AnswerCase> incomplete_answers();
std::vector<AnswerCase> malformed_answers();

}  // namespace benchhost::http
