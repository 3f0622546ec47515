#include "core/suite/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <picojson.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

namespace {
int lock_error = 0;  // what flock() fails with; 0: it is asked
}  // namespace

// In front of the C library's, so that a file system without locks can be played.
extern "C" int flock(int descriptor, int operation) noexcept {
    if (lock_error == 0) {
        return static_cast<int>(::syscall(SYS_flock, descriptor, operation));
    }
    errno = lock_error;
    return -1;
}

namespace benchhost::suite {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class JournalTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "benchhost-journal-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
        suite_.request.config = "config/text.ini";
        suite_.request.overrides = {"suite.repeats=2"};
        suite_.request.seed = 7;
        suite_.config.text = "[suite]\n";
        suite_.plan = {{"asio", "text", 1}, {"beast", "text", 1}, {"beast", "text", 2}};
        suite_.plugin_hashes = {{"/p/asio.so", "aa"}, {"/p/beast.so", "bb"}};
    }
    void TearDown() override { fs::remove_all(directory_); }

    static results::Trial trial(const model::TrialSpec& spec) {
        results::Trial made;
        made.server = spec.server;
        made.profile = spec.profile;
        made.round = spec.round;
        made.outcome = model::Outcome::failed;
        made.reason = "made by a test";
        return made;
    }

    fs::path directory_;
    PreparedSuite suite_;
    std::map<std::string, std::string> machine_ = {{"kernel", "Linux 6"}, {"cpus", "2"}};
};

TEST_F(JournalTest, KeepsEachTrialAndGoesOnWhereItStopped) {
    {
        auto journal = Journal::create(directory_, suite_, machine_);
        ASSERT_TRUE(journal) << journal.error().message;
        ASSERT_TRUE(journal->add(1, trial(suite_.plan[1])));
    }
    auto journal = Journal::reopen(directory_, suite_, machine_);
    ASSERT_TRUE(journal) << journal.error().message;
    ASSERT_EQ(journal->finished().size(), 1U);
    EXPECT_EQ(journal->finished().count(1), 1U);
    const auto trials = journal->read_trials();
    ASSERT_TRUE(trials) << trials.error().message;
    ASSERT_EQ(trials->size(), 1U);
    EXPECT_EQ(trials->front().server, "beast");
}

TEST_F(JournalTest, ReadsTheTrialsOfAnOlderVersionWhichSaidMoreOfTheirServers) {
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    std::ofstream(directory_ / "journal" / "00001.json")
        << R"({"server":"beast","server_name":"Boost.Beast","server_version":"1.81",)"
        << R"("server_details":{"language":"C++"},"profile":"text","round":1,"outcome":"ok"})";
    const auto journal = Journal::reopen(directory_, suite_, machine_);
    ASSERT_TRUE(journal) << journal.error().message;
    const auto trials = journal->read_trials();
    ASSERT_TRUE(trials) << trials.error().message;
    ASSERT_EQ(trials->size(), 1U);
    EXPECT_EQ(trials->front().server, "beast");
    EXPECT_EQ(trials->front().outcome, model::Outcome::ok);
}

TEST_F(JournalTest, TakesAwayWhatAKilledOneHadNotWrittenToItsEnd) {
    suite_.config.profiles.resize(1);
    suite_.config.profiles.front().csv = "seconds.csv";
    const auto put = [&](const fs::path& file) {
        std::ofstream(directory_ / file) << "{\"server\":";
        return directory_ / file;
    };
    fs::create_directories(directory_ / "journal");
    const auto manifest = put("journal/manifest.json.00c0ffee");
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    EXPECT_FALSE(fs::exists(manifest));
    const std::vector<fs::path> gone = {
        put("journal/00001.json.0123abcd"), put("journal/00001-1.json.ffffffff"),
        put("results.json.0a0a0a0a"), put("report.md.12345678"), put("seconds.csv.12345678")};
    const std::vector<fs::path> stay = {put("mine.12345678"), put("results.json.old"),
                                        put("results.json.1234567G"), put(".12345678")};
    ASSERT_TRUE(Journal::reopen(directory_, suite_, machine_));
    for (const auto& file : gone) {
        EXPECT_FALSE(fs::exists(file)) << file.string();
    }
    for (const auto& file : stay) {
        EXPECT_TRUE(fs::exists(file)) << file.string();
    }
}

TEST_F(JournalTest, AFolderInThePlaceOfATrialIsNamed) {
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    fs::create_directory(directory_ / "journal" / "00001.json");
    const auto journal = Journal::reopen(directory_, suite_, machine_);
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, ErrorCode::data);
    EXPECT_THAT(journal.error().message, HasSubstr("00001.json: Is a directory"));
}

TEST_F(JournalTest, KeepsEveryAttemptInTheOrderTheyRan) {
    const auto with_reason = [&](std::size_t number, const char* reason) {
        auto made = trial(suite_.plan[number]);
        made.reason = reason;
        made.superseded = std::string(reason) != "whole";
        return made;
    };
    {
        auto journal = Journal::create(directory_, suite_, machine_);
        ASSERT_TRUE(journal->add(0, with_reason(0, "whole")));
        ASSERT_TRUE(journal->add_spoilt(1, with_reason(1, "first")));
        ASSERT_TRUE(journal->add_spoilt(1, with_reason(1, "second")));
    }
    auto journal = Journal::reopen(directory_, suite_, machine_);
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_EQ(journal->spoilt().at(1), 2U);
    EXPECT_EQ(journal->finished().count(1), 0U) << "it is still to be run";
    ASSERT_TRUE(journal->add(1, with_reason(1, "whole")));
    ASSERT_TRUE(journal->add(2, with_reason(2, "whole")));
    std::vector<std::string> reasons;
    for (const auto& made : *journal->read_trials()) {
        reasons.push_back(made.reason.value_or(""));
        EXPECT_EQ(made.superseded, reasons.back() != "whole");
    }
    EXPECT_THAT(reasons, ::testing::ElementsAre("whole", "first", "second", "whole", "whole"));
}

TEST_F(JournalTest, ReadsTheTenthAttemptAfterTheSecond) {
    auto journal = Journal::create(directory_, suite_, machine_);
    ASSERT_TRUE(journal) << journal.error().message;
    for (int attempt = 1; attempt <= 11; ++attempt) {
        auto made = trial(suite_.plan[0]);
        made.reason = std::to_string(attempt);
        ASSERT_TRUE(journal->add_spoilt(0, made));
    }
    std::vector<std::string> reasons;
    for (const auto& made : *journal->read_trials()) {
        reasons.push_back(made.reason.value_or(""));
    }
    EXPECT_THAT(reasons,
                ::testing::ElementsAre("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"));
}

TEST_F(JournalTest, ItsFolderIsAbsoluteWhereverWeStand) {
    fs::current_path(directory_);
    const auto journal = Journal::create("results/here", suite_, machine_);
    fs::current_path("/");
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_EQ(journal->directory(), directory_ / "results/here");
}

TEST_F(JournalTest, RemembersTheRequest) {
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    const auto request = Journal::read_request(directory_);
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->config, fs::absolute("config/text.ini")) << "wherever it is resumed";
    EXPECT_EQ(request->overrides, suite_.request.overrides);
    EXPECT_EQ(request->seed, 7U);
    EXPECT_FALSE(request->repeats);
}

TEST_F(JournalTest, RemembersThePluginFoldersWhereverItIsResumed) {
    suite_.request.plugin_directories = {"mine", "/opt/plugins"};
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    const auto request = Journal::read_request(directory_);
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_THAT(request->plugin_directories,
                ::testing::ElementsAre(fs::absolute("mine"), "/opt/plugins"));
}

TEST_F(JournalTest, RefusesAPayloadFileThatHasOtherBytes) {
    suite_.payload_hash = "aa";
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    EXPECT_TRUE(Journal::reopen(directory_, suite_, machine_));
    suite_.payload_hash = "bb";
    const auto journal = Journal::reopen(directory_, suite_, machine_);
    ASSERT_TRUE(journal.has_error());
    EXPECT_THAT(journal.error().message, HasSubstr("changed since it was begun: payload file"));
}

TEST_F(JournalTest, RefusesAnyFileThatIsMeasuredAndHasOtherBytesOrIsGone) {
    suite_.files = {{"/bin/benchhost-serve", "aa"}, {"/apps/app.py", "bb"}};
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    EXPECT_TRUE(Journal::reopen(directory_, suite_, machine_));
    suite_.files["/apps/app.py"] = "cc";
    EXPECT_THAT(Journal::reopen(directory_, suite_, machine_).error().message,
                HasSubstr("changed since it was begun: files (/apps/app.py: bb -> cc)"));
    suite_.files.erase("/apps/app.py");
    EXPECT_THAT(Journal::reopen(directory_, suite_, machine_).error().message,
                HasSubstr("files (/apps/app.py: bb -> nothing)"));
}

TEST_F(JournalTest, RemembersWhereItWasBegun) {
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    EXPECT_EQ(Journal::read_request(directory_)->directory, fs::current_path());
    suite_.request.directory = "/somewhere";
    const auto other = directory_ / "other";
    { ASSERT_TRUE(Journal::create(other, suite_, machine_)); }
    EXPECT_EQ(Journal::read_request(other)->directory, "/somewhere")
        << "resumed, and resumed again";
}

TEST_F(JournalTest, RefusesAFolderThatHoldsAnotherRun) {
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    const auto again = Journal::create(directory_, suite_, machine_);
    ASSERT_TRUE(again.has_error());
    EXPECT_EQ(again.error().code, ErrorCode::usage);
    EXPECT_THAT(again.error().message, HasSubstr("--resume"));
}

TEST_F(JournalTest, RefusesASecondProcess) {
    const auto first = Journal::create(directory_, suite_, machine_);
    ASSERT_TRUE(first);
    const auto second = Journal::reopen(directory_, suite_, machine_);
    ASSERT_TRUE(second.has_error());
    EXPECT_THAT(second.error().message, HasSubstr("another benchhost"));
}

TEST_F(JournalTest, RefusesAndNamesWhatHasChanged) {
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    const auto error_with = [&](auto change) {
        auto suite = suite_;
        auto machine = machine_;
        change(suite, machine);
        const auto journal = Journal::reopen(directory_, suite, machine);
        return journal.has_error() ? journal.error().message : "no error";
    };
    EXPECT_THAT(error_with([](auto& suite, auto&) { suite.config.text = "[suite]\nname=x\n"; }),
                HasSubstr("changed since it was begun: config"));
    EXPECT_THAT(error_with([](auto& suite, auto&) { suite.plugin_hashes["/p/asio.so"] = "cc"; }),
                HasSubstr("plugins (/p/asio.so: aa -> cc)"));
    EXPECT_EQ(error_with([](auto& suite, auto&) { suite.payload_hash = "dd"; }), "no error")
        << "a journal of before, which does not know it";
    EXPECT_THAT(error_with([](auto&, auto& machine) { machine["cpus"] = "4"; }),
                HasSubstr("machine (cpus: 2 -> 4)"));
    EXPECT_EQ(error_with([](auto&, auto& machine) { machine["load_average"] = "9"; }), "no error");
}

TEST_F(JournalTest, GoesOnAfterARebootThatMovedAFewKilobytes) {
    machine_["memory"] = "8131312 kB";
    machine_["swap"] = "999420 kB";
    machine_["nofile_hard"] = "1048576";
    machine_["benchhost_sha256"] = "aa";
    machine_["load_average"] = "0.10";
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    auto later = machine_;
    later["memory"] = "8131300 kB";
    later["swap"] = "999412 kB";
    later["load_average"] = "3.00";
    {
        const auto journal = Journal::reopen(directory_, suite_, later);
        ASSERT_TRUE(journal) << journal.error().message;
        EXPECT_THAT(journal->warnings(), ::testing::IsEmpty());
    }
    later["nofile_hard"] = "4096";
    later["benchhost_sha256"] = "bb";
    {
        const auto journal = Journal::reopen(directory_, suite_, later);
        ASSERT_TRUE(journal) << journal.error().message;
        EXPECT_THAT(journal->warnings(),
                    ::testing::ElementsAre(HasSubstr("benchhost_sha256: aa -> bb"),
                                           HasSubstr("nofile_hard: 1048576 -> 4096")));
    }
    later["memory"] = "4131300 kB";
    const auto refused = Journal::reopen(directory_, suite_, later);
    ASSERT_TRUE(refused.has_error());
    EXPECT_THAT(refused.error().message, HasSubstr("machine (memory: 8131312 kB -> 4131300 kB)"));
}

TEST_F(JournalTest, WithoutFactsIsReadAsBefore) {
    { ASSERT_TRUE(Journal::create(directory_, suite_, machine_)); }
    const auto path = directory_ / "journal" / "manifest.json";
    picojson::value manifest;
    std::ifstream file(path);
    ASSERT_EQ(picojson::parse(manifest, file), "");
    ASSERT_EQ(manifest.get<picojson::object>().erase("facts"), 1U);
    std::ofstream(path) << manifest.serialize();
    const auto journal = Journal::reopen(directory_, suite_, machine_);
    ASSERT_TRUE(journal) << journal.error().message;
    EXPECT_THAT(journal->warnings(), ::testing::IsEmpty());
}

TEST_F(JournalTest, WarnsWhereThereAreNoLocks) {
    for (const int error_number : {ENOSYS, ENOLCK}) {
        lock_error = error_number;
        const auto journal =
            Journal::create(directory_ / std::to_string(error_number), suite_, machine_);
        lock_error = 0;
        ASSERT_TRUE(journal) << journal.error().message;
        ASSERT_EQ(journal->warnings().size(), 1U);
        EXPECT_THAT(journal->warnings().front(),
                    HasSubstr(std::generic_category().message(error_number)));
    }
}

TEST_F(JournalTest, ReportsADamagedManifestAndTrial) {
    {
        auto journal = Journal::create(directory_, suite_, machine_);
        ASSERT_TRUE(journal);
        ASSERT_TRUE(journal->add(0, trial(suite_.plan[0])));
    }
    std::ofstream(directory_ / "journal" / "00000.json") << "{\"server\":";
    const auto journal = Journal::reopen(directory_, suite_, machine_);
    ASSERT_TRUE(journal.has_error());
    EXPECT_THAT(journal.error().message, HasSubstr("00000.json"));
    std::ofstream(directory_ / "journal" / "manifest.json") << "nonsense";
    EXPECT_TRUE(Journal::read_request(directory_).has_error());
}

TEST_F(JournalTest, SaysWhichFolderCannotBeWritten) {
    const auto file = directory_ / "file";
    std::ofstream(file) << "x";
    const auto journal = Journal::create(file / "below", suite_, machine_);
    ASSERT_TRUE(journal.has_error());
    EXPECT_EQ(journal.error().code, ErrorCode::usage);
    EXPECT_THAT(journal.error().message, HasSubstr("below"));
}

}  // namespace
}  // namespace benchhost::suite
