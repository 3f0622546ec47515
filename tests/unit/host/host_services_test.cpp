// What a plugin says through its host.
#include "core/host/host_services.hpp"

#include <gtest/gtest.h>

#include <string>

namespace benchhost::host {
namespace {

TEST(HostServices, KeepNoMoreThanTheBeginningOfALongMessage) {
    const HostServices services([](std::uint16_t /*port*/) {});
    const auto* host = services.table();
    const std::string endless(1'000'000, 'x');
    ::testing::internal::CaptureStderr();
    host->log(host, BH_LOG_ERROR, endless.c_str());
    const auto printed = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(services.last_error(), endless.substr(0, 2000));
    EXPECT_EQ(printed, "error: " + endless.substr(0, 2000) + "\n");
}

}  // namespace
}  // namespace benchhost::host
