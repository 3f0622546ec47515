// Compressed answers: the first is decoded, the others are compared with it, and a wrong one is
// never right, wherever it differs and whoever is reading beside it.
#include "core/load/engine/coded_answers.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchhost::load {
namespace {

using http::ContentCoding;

constexpr int kDeflateWindow = MAX_WBITS;
constexpr int kGzipWindow = 16 + MAX_WBITS;
constexpr std::uint32_t kVariants = 16;  // that are kept
constexpr std::size_t kAtOnce = std::size_t{1} << 30U;

std::string packed(std::string_view text, int window, int level = 6) {
    constexpr int kMemory = 8;
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, level, Z_DEFLATED, window, kMemory, Z_DEFAULT_STRATEGY), Z_OK);
    std::string coded(::deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(coded.data());
    stream.avail_out = static_cast<uInt>(coded.size());
    EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
    coded.resize(stream.total_out);
    ::deflateEnd(&stream);
    return coded;
}

/// By gzip, which has a time in its header: as many ways of coding one text as there are seconds.
std::string gzip_at(std::uint32_t second, std::string_view text) {
    constexpr std::size_t kTimeAt = 4;
    auto coded = packed(text, kGzipWindow);
    for (std::size_t i = 0; i < sizeof(second); ++i) {
        coded[kTimeAt + i] = static_cast<char>((second >> (8 * i)) & 0xffU);
    }
    return coded;
}

/// Whether these bytes of zlib are that text and nothing else.
bool inflates_to(std::string_view coded, const std::string& text) {
    std::string plain(text.size() + 1, '\0');
    uLongf size = plain.size();
    uLong used = coded.size();
    const int result = ::uncompress2(reinterpret_cast<Bytef*>(plain.data()), &size,
                                     reinterpret_cast<const Bytef*>(coded.data()), &used);
    plain.resize(size);
    return result == Z_OK && used == coded.size() && plain == text;
}

std::string letters(std::size_t size, std::uint32_t seed = 1) {
    std::string text(size, ' ');
    for (char& letter : text) {
        seed = seed * 1664525U + 1013904223U;
        letter = static_cast<char>('a' + (seed >> 24U) % 26U);
    }
    return text;
}

const std::string kText = letters(700);

requests::RequestTemplate expecting_body(std::optional<std::string> body) {
    model::RequestSpec spec;
    spec.headers = {{"Accept-Encoding", "gzip, deflate"}};
    if (body) {
        spec.expect_body = model::BodySpec{std::move(*body), false};
    }
    auto made = requests::RequestTemplate::make(spec, {"host"},
                                                [](const std::string&) -> Result<requests::Lines> {
                                                    return Error{ErrorCode::usage, "no files"};
                                                },
                                                {});
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return made ? std::move(*made) : requests::RequestTemplate();
}

class CodedAnswersTest : public ::testing::Test {
  protected:
    explicit CodedAnswersTest(std::vector<std::optional<std::string>> bodies = {kText},
                              bool compares = true) {
        for (auto& body : bodies) {
            kinds_.push_back(expecting_body(std::move(body)));
        }
        answers_ = std::make_unique<CodedAnswers>(kinds_, kConnections, compares);
    }

    /// An answer that a connection reads bit by bit.
    class Answer {
      public:
        Answer(CodedAnswersTest& test, std::uint32_t connection, std::string bytes,
               ContentCoding coding = ContentCoding::gzip, std::uint16_t kind = 0,
               requests::Identity request = {})
            : answers_(*test.answers_),
              connection_(connection),
              bytes_(std::move(bytes)),
              coding_(coding),
              kind_(kind),
              request_(request) {}

        /// The next bytes, at most so many; false at the end.
        bool take(std::size_t size) {
            const auto piece = std::string_view(bytes_).substr(offset_, size);
            if (!piece.empty()) {
                answers_.take(connection_, kind_, request_, coding_, offset_, piece);
                offset_ += piece.size();
            }
            return offset_ < bytes_.size();
        }
        bool is_right(std::size_t size = kAtOnce) {
            while (take(size)) {
            }
            return answers_.finish(connection_, kind_, request_, bytes_.size());
        }

      private:
        CodedAnswers& answers_;
        std::uint32_t connection_;
        std::string bytes_;
        ContentCoding coding_;
        std::uint16_t kind_;
        requests::Identity request_;
        std::size_t offset_ = 0;
    };

    Answer on(std::uint32_t connection, std::string bytes,
              ContentCoding coding = ContentCoding::gzip) {
        return {*this, connection, std::move(bytes), coding};
    }
    /// Whether it is right on the first connection, in pieces of this size.
    bool is_right(const std::string& bytes, std::size_t size = kAtOnce,
                  ContentCoding coding = ContentCoding::gzip) {
        return on(0, bytes, coding).is_right(size);
    }
    std::uint64_t decoded() const { return answers_->decoded(); }

    static constexpr std::size_t kConnections = kVariants + 2;

    std::vector<requests::RequestTemplate> kinds_;
    std::unique_ptr<CodedAnswers> answers_;
};

TEST_F(CodedAnswersTest, OneIsDecodedAndTheOthersCompared) {
    const auto body = gzip_at(0, kText);
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(is_right(body));
    }
    EXPECT_EQ(decoded(), 1U);
    EXPECT_TRUE(on(1, body).is_right()) << "on another connection";
    EXPECT_EQ(decoded(), 1U);
}

TEST_F(CodedAnswersTest, PiecesMayEndAnywhere) {
    const auto body = gzip_at(0, kText);
    for (std::size_t cut = 1; cut < body.size(); ++cut) {
        answers_ = std::make_unique<CodedAnswers>(kinds_, kConnections, true);
        for (int known = 0; known < 2; ++known) {
            auto answer = on(0, body);
            answer.take(cut);
            ASSERT_TRUE(answer.is_right()) << "cut at " << cut << ", known: " << known;
        }
        ASSERT_EQ(decoded(), 1U);
    }
    EXPECT_TRUE(is_right(body, 1));
}

TEST_F(CodedAnswersTest, AByteThatDiffersIsFoundWhereverItIs) {
    const auto body = packed(kText, kDeflateWindow);
    for (const bool known : {false, true}) {
        for (const std::size_t size : {std::size_t{1}, std::size_t{100}, kAtOnce}) {
            std::size_t wrong = 0;
            for (std::size_t place = 0; place < body.size(); ++place) {
                auto changed = body;
                changed[place] = static_cast<char>(changed[place] ^ 1);
                answers_ = std::make_unique<CodedAnswers>(kinds_, kConnections, true);
                ASSERT_TRUE(!known || is_right(body, size, ContentCoding::deflate));
                const bool should_be_right = inflates_to(changed, kText);
                wrong += should_be_right ? 0 : 1;
                ASSERT_EQ(is_right(changed, size, ContentCoding::deflate), should_be_right)
                    << "byte " << place << " of " << body.size() << ", known: " << known;
                ASSERT_TRUE(is_right(body, size, ContentCoding::deflate)) << "after it";
            }
            EXPECT_GT(wrong, body.size() * 9 / 10);
        }
    }
}

TEST_F(CodedAnswersTest, AnotherTextWellCodedIsWrong) {
    auto other = kText;
    other.back() = other.back() == 'x' ? 'y' : 'x';
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(is_right(gzip_at(0, other)));
        EXPECT_FALSE(is_right(gzip_at(0, kText + "x"))) << "a longer one";
        EXPECT_FALSE(is_right(gzip_at(0, kText.substr(1)))) << "a shorter one";
        EXPECT_FALSE(is_right(gzip_at(0, kText.substr(0, kText.size() - 1))));
        EXPECT_FALSE(is_right(gzip_at(0, ""))) << "none";
        EXPECT_TRUE(is_right(gzip_at(0, kText)));
    }
}

TEST_F(CodedAnswersTest, MoreOrLessThanAKnownOneIsWrong) {
    const auto body = gzip_at(0, kText);
    for (const bool known : {false, true}) {
        for (const std::size_t size : {std::size_t{1}, std::size_t{100}, kAtOnce}) {
            answers_ = std::make_unique<CodedAnswers>(kinds_, kConnections, true);
            ASSERT_TRUE(!known || is_right(body));
            EXPECT_FALSE(is_right(body + "x", size));
            EXPECT_FALSE(is_right(body + body, size));
            EXPECT_FALSE(is_right(body.substr(0, body.size() - 1), size));
            EXPECT_FALSE(is_right(body.substr(0, 1), size));
            EXPECT_FALSE(is_right("", size));
            EXPECT_FALSE(is_right(kText, size)) << "not coded at all";
            EXPECT_TRUE(is_right(body, size));
        }
    }
}

TEST_F(CodedAnswersTest, WaysOfCodingAreToldApart) {
    const auto by_zlib = packed(kText, kDeflateWindow);
    EXPECT_TRUE(is_right(gzip_at(0, kText)));
    EXPECT_TRUE(is_right(by_zlib, kAtOnce, ContentCoding::deflate));
    EXPECT_EQ(decoded(), 2U);
    EXPECT_FALSE(is_right(by_zlib)) << "it is not gzip";
    EXPECT_FALSE(is_right(gzip_at(0, kText), kAtOnce, ContentCoding::deflate));
    EXPECT_FALSE(is_right(gzip_at(0, kText), kAtOnce, ContentCoding::br));
    EXPECT_FALSE(is_right(gzip_at(0, kText), kAtOnce, ContentCoding::zstd));
    EXPECT_FALSE(is_right(gzip_at(0, kText), kAtOnce, ContentCoding::other));
    EXPECT_TRUE(is_right(gzip_at(0, kText)));
    EXPECT_TRUE(is_right(by_zlib, kAtOnce, ContentCoding::deflate));
}

TEST_F(CodedAnswersTest, EachVariantIsDecodedOnce) {
    for (int turn = 0; turn < 3; ++turn) {
        for (std::uint32_t second = 0; second < kVariants; ++second) {
            EXPECT_TRUE(is_right(gzip_at(second, kText), 5)) << second;
        }
    }
    EXPECT_EQ(decoded(), kVariants);
    EXPECT_TRUE(is_right(packed(kText, kGzipWindow, 1)) && is_right(packed(kText, kGzipWindow, 9)));
}

TEST_F(CodedAnswersTest, TwoThatAreReadInTurnAreNotMixedUp) {
    for (const bool known : {false, true}) {
        answers_ = std::make_unique<CodedAnswers>(kinds_, kConnections, true);
        if (known) {
            ASSERT_TRUE(is_right(gzip_at(1, kText)) && is_right(gzip_at(2, kText)));
        }
        for (const std::size_t size : {std::size_t{1}, std::size_t{50}}) {
            auto other = kText;
            other[other.size() / 2] = '!';
            auto one = on(0, gzip_at(1, kText));
            auto two = on(1, gzip_at(2, kText));
            auto wrong = on(2, gzip_at(1, other));
            for (bool goes_on = true; goes_on;) {
                goes_on = one.take(size);
                goes_on = two.take(size) || goes_on;
                goes_on = wrong.take(size) || goes_on;
            }
            EXPECT_TRUE(one.is_right());
            EXPECT_FALSE(wrong.is_right());
            EXPECT_TRUE(two.is_right());
        }
    }
}

TEST_F(CodedAnswersTest, OneThatCeasesToBeAKnownOneIsDecodedFromItsBeginning) {
    // They differ from the fifth byte on.
    for (std::uint32_t second = 0; second < 5; ++second) {
        ASSERT_TRUE(is_right(gzip_at(second, kText)));
    }
    for (const std::size_t size : {std::size_t{1}, std::size_t{4}, std::size_t{5}, kAtOnce}) {
        const auto before = decoded();
        const auto second = 77 + static_cast<std::uint32_t>(before);
        EXPECT_TRUE(is_right(gzip_at(second, kText), size));
        EXPECT_EQ(decoded(), before + 1);
        EXPECT_FALSE(is_right(gzip_at(second + 100, kText + "x"), size));
    }
}

TEST_F(CodedAnswersTest, WhatAConnectionIsComparedWithIsNotReplaced) {
    for (std::uint32_t second = 0; second < kVariants; ++second) {
        ASSERT_TRUE(is_right(gzip_at(second, kText)));
    }
    const auto body = gzip_at(3, kText);
    auto under_way = on(1, body);
    under_way.take(body.size() / 2);
    for (std::uint32_t second = kVariants; second < 4 * kVariants; ++second) {
        ASSERT_TRUE(is_right(gzip_at(second, kText)));
    }
    const auto before = decoded();
    EXPECT_EQ(before, 4 * kVariants);
    EXPECT_TRUE(under_way.is_right());
    EXPECT_EQ(decoded(), before) << "it was there to the end";
    EXPECT_TRUE(is_right(gzip_at(4, kText)));
    EXPECT_EQ(decoded(), before + 1) << "the others were not";
}

TEST_F(CodedAnswersTest, WhereAllAreComparedWithNoneIsReplaced) {
    std::vector<Answer> under_way;
    for (std::uint32_t second = 0; second < kVariants; ++second) {
        const auto body = gzip_at(second, kText);
        ASSERT_TRUE(is_right(body));
        under_way.push_back(on(second + 1, body));
        under_way.back().take(body.size() - 1);
    }
    for (std::uint64_t i = 1; i <= 3; ++i) {
        EXPECT_TRUE(is_right(gzip_at(99, kText)));
        EXPECT_EQ(decoded(), kVariants + i) << "it could not be kept";
    }
    for (auto& each : under_way) {
        EXPECT_TRUE(each.is_right());
    }
    EXPECT_TRUE(is_right(gzip_at(99, kText)) && is_right(gzip_at(99, kText)));
    EXPECT_EQ(decoded(), kVariants + 4);
}

TEST_F(CodedAnswersTest, WhatCameToNothingLeavesNothing) {
    const auto body = gzip_at(0, kText);
    for (int known = 0; known < 2; ++known) {
        for (int i = 0; i < 3; ++i) {
            auto broken_off = on(0, body);
            broken_off.take(body.size() - 1);
            answers_->forget(0);
        }
        EXPECT_TRUE(is_right(body)) << known;
        answers_->forget(0);  // may be told twice
    }
    EXPECT_EQ(decoded(), 4U) << "three that were broken off, and the first";
}

class CodedKindsTest : public CodedAnswersTest {
  protected:
    CodedKindsTest() : CodedAnswersTest({kText, "the other"}) {}
};

TEST_F(CodedKindsTest, HaveVariantsOfTheirOwn) {
    const auto one = gzip_at(0, kText);
    const auto other = gzip_at(0, "the other");
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(Answer(*this, 0, one, ContentCoding::gzip, 0).is_right());
        EXPECT_TRUE(Answer(*this, 0, other, ContentCoding::gzip, 1).is_right());
        EXPECT_FALSE(Answer(*this, 0, one, ContentCoding::gzip, 1).is_right());
        EXPECT_FALSE(Answer(*this, 0, other, ContentCoding::gzip, 0).is_right());
    }
}

class CodedDrawnTest : public CodedAnswersTest {
  protected:
    CodedDrawnTest() : CodedAnswersTest({"n={nonce}, s={seq}"}) {}
    std::string text_of(const requests::Identity& request) const {
        return kinds_[0].expected_body()->text(request);
    }
    bool is_right_for(const requests::Identity& request, const std::string& text,
                      std::size_t size = kAtOnce) {
        return Answer(*this, 0, gzip_at(0, text), ContentCoding::gzip, 0, request).is_right(size);
    }
};

TEST_F(CodedDrawnTest, EachIsDecodedAndComparedWithItsOwn) {
    for (std::uint64_t number = 0; number < 50; ++number) {
        const requests::Identity request{number};
        EXPECT_TRUE(is_right_for(request, text_of(request), number + 1));
        EXPECT_FALSE(is_right_for(request, text_of({number + 1}))) << "it is another's";
        EXPECT_FALSE(is_right_for(request, text_of(request) + " "));
        EXPECT_TRUE(is_right_for(request, text_of(request)));
    }
    EXPECT_EQ(decoded(), 200U);
}

class CodedLengthTest : public CodedAnswersTest {
  protected:
    CodedLengthTest() : CodedAnswersTest({kText}, false) {}
};

TEST_F(CodedLengthTest, OnlyThatOfTheTextCounts) {
    EXPECT_TRUE(is_right(gzip_at(0, kText)));
    EXPECT_TRUE(is_right(gzip_at(0, letters(kText.size(), 2))));
    EXPECT_FALSE(is_right(gzip_at(0, kText + "x")));
    EXPECT_FALSE(is_right(gzip_at(0, kText.substr(1))));
    EXPECT_FALSE(is_right(kText)) << "it has to be coded all the same";
}

class CodedAnythingTest : public CodedAnswersTest {
  protected:
    CodedAnythingTest() : CodedAnswersTest({std::nullopt}) {}
};

TEST_F(CodedAnythingTest, IsRightWhenItIsWellCoded) {
    EXPECT_TRUE(is_right(gzip_at(0, kText)));
    EXPECT_TRUE(is_right(gzip_at(0, "")));
    EXPECT_TRUE(is_right("")) << "an answer without a body";
    EXPECT_FALSE(is_right(kText));
    EXPECT_FALSE(is_right(gzip_at(0, kText) + "x"));
    EXPECT_FALSE(is_right(gzip_at(0, kText), kAtOnce, ContentCoding::other));
}

class CodedNothingTest : public CodedAnswersTest {
  protected:
    CodedNothingTest() : CodedAnswersTest({""}) {}
};

TEST_F(CodedNothingTest, IsRightCodedOrNot) {
    EXPECT_TRUE(is_right(""));
    EXPECT_TRUE(is_right(gzip_at(0, "")));
    EXPECT_TRUE(is_right(gzip_at(0, "")));
    EXPECT_FALSE(is_right(gzip_at(0, "x")));
}

constexpr std::size_t kTooLong = std::size_t{8} * 1024 * 1024;  // also when it is coded

class CodedLongTest : public CodedAnswersTest {
  protected:
    CodedLongTest() : CodedAnswersTest({letters(kTooLong)}) {}
};

TEST_F(CodedLongTest, IsDecodedEachTime) {
    constexpr std::size_t kRead = std::size_t{64} * 1024;
    const auto body = packed(letters(kTooLong), kGzipWindow, 1);
    ASSERT_GT(body.size(), std::size_t{4} * 1024 * 1024);
    EXPECT_TRUE(is_right(body, kRead));
    EXPECT_TRUE(is_right(body, kRead));
    EXPECT_EQ(decoded(), 2U) << "too long to be kept";
    EXPECT_FALSE(is_right(body.substr(0, body.size() - 1), kRead));
}

}  // namespace
}  // namespace benchhost::load
