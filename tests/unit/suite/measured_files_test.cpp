#include "core/suite/measured_files.hpp"

#include "core/machine/file_hash.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;
using ::testing::Key;
using ::testing::UnorderedElementsAre;

class MeasuredFilesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "benchhost-files-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
    }
    void TearDown() override { fs::remove_all(directory_); }

    std::string write(const fs::path& name) const {
        fs::create_directories((directory_ / name).parent_path());
        std::ofstream(directory_ / name) << name.string();
        return (directory_ / name).string();
    }

    fs::path directory_;
};

TEST_F(MeasuredFilesTest, AreWhatStandsBesideAPluginAndWhatItsOptionsName) {
    const auto serve = write("bin/benchhost-serve");
    const auto app = write("plugins/py/apps/app.py");
    write("plugins/py/venv/lib/framework.py");
    write("plugins/other/apps/app.py");
    const auto script = write("serve.js");
    const auto settings = write("work/settings.conf");
    plugin::ServerUnderTest python;
    python.plugin = directory_ / "plugins/py.so";
    plugin::ServerUnderTest command;
    command.plugin = directory_ / "plugins/command.so";
    command.options = {{"argv", "sh '{cwd}/serve.js' --port {port} -c settings.conf"},
                       {"workdir", "work"}};
    plugin::ServerUnderTest elsewhere;
    elsewhere.url = "http://127.0.0.1:1";
    elsewhere.options = {{"argv", "serve.js"}};
    const auto files = measured_files({python, command, elsewhere}, serve, directory_);
    auto shell = fs::path("/usr/bin/sh");
    for (const auto& [path, hash] : files) {
        shell = path.ends_with("/sh") ? fs::path(path) : shell;
    }
    EXPECT_THAT(files, UnorderedElementsAre(Key(serve), Key(app), Key(script), Key(settings),
                                            Key(shell.string())));
    EXPECT_EQ(files.at(script), machine::sha256_of_text("serve.js"));
}

TEST_F(MeasuredFilesTest, AFolderMayHaveTheNameOfAPlaceholder) {
    const auto script = write("{cwd}/serve.js");
    plugin::ServerUnderTest command;
    command.plugin = directory_ / "command.so";
    command.options = {{"argv", "no-such-program-anywhere {cwd}/serve.js"}};
    EXPECT_THAT(measured_files({command}, directory_ / "gone", directory_ / "{cwd}"),
                UnorderedElementsAre(Key(script)));
}

TEST_F(MeasuredFilesTest, WhatCannotBeReadIsNoneOfThem) {
    plugin::ServerUnderTest command;
    command.plugin = directory_ / "command.so";
    command.options = {{"argv", "no-such-program-anywhere file.txt"}};
    EXPECT_THAT(measured_files({command}, directory_ / "gone", directory_), ::testing::IsEmpty());
}

}  // namespace
}  // namespace benchhost::suite
