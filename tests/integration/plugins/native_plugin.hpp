// What the tests of native plugins share: each server loaded from its library, with routes to
// serve.
#pragma once

#include "loaded_plugin.hpp"
#include "raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace benchhost::test {

struct Native {
    const char* id;
    const char* library;  ///< the plugin that offers it
    /// Threads it starts beside those that work on requests.
    int other_threads = 0;
};

void PrintTo(const Native& native, std::ostream* out);

std::filesystem::path library_of(const std::string& plugin);

inline const std::string kJson = R"({"test":true,"date":1557000000,"values":[1,2,3,4,5],)"
                                 R"("sub_attributes":{"attribute1":1,"attribute2":"True"}})";
inline const std::string kGetText = "GET /text HTTP/1.1\r\nHost: x\r\n\r\n";

/// A server in this process, not started yet. Skips what the library cannot do, and servers that
/// were not built.
class NativePlugin : public testing::TestWithParam<Native> {
  protected:
    void SetUp() override;
    void TearDown() override;
    std::vector<PluginRoute> routes() const;

    std::filesystem::path file_;
    std::string content_;
    std::unique_ptr<LoadedPlugin> plugin_;
};

}  // namespace benchhost::test
