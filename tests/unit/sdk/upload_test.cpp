#include <benchhost/upload.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace benchhost::sdk {
namespace {

std::string text_of_pieces(std::string_view body, std::size_t size) {
    Upload upload;
    for (; body.size() > size; body.remove_prefix(size)) {
        upload.add(body.substr(0, size));
    }
    upload.add(body);
    return upload.text();
}

TEST(Upload, IsItsSizeAndTheChecksumOfZlib) {
    Upload upload;
    EXPECT_EQ(upload.text(), "0 00000000");
    upload.add("Hello World!");
    EXPECT_EQ(upload.text(), "12 1c291ca3");
    EXPECT_EQ(upload.size(), 12U);
    EXPECT_EQ(text_of_pieces("123456789", 9), "9 cbf43926");
}

TEST(Upload, ComesInPiecesOfAnySize) {
    const std::string body(100'000, 'x');
    const std::string whole = text_of_pieces(body, body.size());
    for (const std::size_t size : {std::size_t{1}, std::size_t{4096}, std::size_t{99'999}}) {
        EXPECT_EQ(text_of_pieces(body, size), whole) << size;
    }
}

TEST(Upload, APieceWithoutBytesChangesNothing) {
    Upload upload;
    upload.add("Hello ");
    upload.add({});
    upload.add("World!");
    EXPECT_EQ(upload.text(), "12 1c291ca3");
}

}  // namespace
}  // namespace benchhost::sdk
