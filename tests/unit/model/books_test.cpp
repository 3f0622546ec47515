#include "core/model/books.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace benchhost::model {
namespace {

TEST(Books, ByPlanBalanceByEachOfTheirLines) {
    const Books even{10, 7, 2, 1, 4, 2, 1};
    EXPECT_TRUE(even.balance());
    for_each_member<Books>([&]<class Line>(Line /*type*/) {
        Books odd = even;
        ++(odd.*Line::pointer);
        EXPECT_FALSE(odd.balance()) << Line::name;
    });
}

TEST(Books, ByEndBalanceByEachOfTheirLines) {
    const EndBooks even{3, 10, 8, 1, 4, 2};
    EXPECT_TRUE(even.balance());
    for_each_member<EndBooks>([&]<class Line>(Line /*type*/) {
        EndBooks odd = even;
        ++(odd.*Line::pointer);
        const bool is_told_beside = std::string_view(Line::name) == "throughout";
        EXPECT_EQ(odd.balance(), is_told_beside) << Line::name;
    });
}

}  // namespace
}  // namespace benchhost::model
