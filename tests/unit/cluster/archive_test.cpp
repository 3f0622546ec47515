// What ranks send each other arrives as it was.
#include "core/cluster/messages.hpp"
#include "core/load/merge.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>

namespace benchhost::cluster {
namespace {

using namespace std::chrono_literals;

template <class Message>
Message sent(const Message& message) {
    std::stringstream bytes;
    boost::archive::binary_oarchive(bytes) << message;
    Message received;
    boost::archive::binary_iarchive(bytes) >> received;
    return received;
}

TEST(Archive, AHistogramKeepsEveryCountAndTheExactExtremes) {
    stats::Histogram histogram;
    for (int i = 1; i <= 1000; ++i) {
        histogram.record(Nanoseconds(i * 1'234'567), static_cast<std::uint64_t>(i));
    }
    const auto copy = sent(histogram);
    EXPECT_EQ(copy, histogram);
    EXPECT_EQ(copy.min(), histogram.min());
    EXPECT_EQ(copy.max(), histogram.max());
    EXPECT_EQ(copy.count(), histogram.count());
    stats::Histogram one;
    one.record(123'456'789ns);
    EXPECT_EQ(sent(one).max(), one.max());
    EXPECT_EQ(sent(one), one);
    EXPECT_TRUE(sent(stats::Histogram()).empty());
}

TEST(Archive, AnOrderKeepsTheWholeLoad) {
    Order order;
    order.task = Order::Task::load;
    order.null_server_cpu = 3;
    auto& spec = order.spec;
    spec.target = {"10.0.0.1", 8080, "", "10.0.0.1:8080", "/text"};
    spec.expectation = {model::Verify::length, 204, "abc"};
    model::OpenLoop model{500, model::Arrivals::poisson, {{900, 3s}}, 77};
    spec.model = model;
    spec.cpus = {1, 4};
    spec.threads = 2;
    spec.first_thread = 5;
    spec.all_threads = 9;
    spec.seed = 42;
    const auto copy = sent(order);
    EXPECT_EQ(copy.task, order.task);
    EXPECT_EQ(copy.null_server_cpu, 3U);
    EXPECT_EQ(copy.spec.target.host_header, "10.0.0.1:8080");
    EXPECT_EQ(copy.spec.expectation.body, "abc");
    EXPECT_EQ(copy.spec.expectation.verify, model::Verify::length);
    const auto& open = std::get<model::OpenLoop>(copy.spec.model);
    EXPECT_EQ(open.arrivals, model::Arrivals::poisson);
    EXPECT_EQ(open.stages.front().duration, 3s);
    EXPECT_EQ(open.connections, 77U);
    EXPECT_EQ(copy.spec.all_threads, 9U);
    EXPECT_EQ(copy.spec.cpus, spec.cpus);
    spec.model = model::VirtualUsers{10, 2, {1s, 4s}};
    EXPECT_EQ(std::get<model::VirtualUsers>(sent(order).spec.model).think_time.to, 4s);
}

load::LoadReport report(std::uint64_t ok) {
    load::LoadReport report;
    report.duration = 2s;
    report.books = {ok + 4, ok + 2, 1, 1, ok, 1, 1};
    report.failures.add(model::FailureClass::timeout, "nothing came");
    report.response_time.record(5ms, ok);
    report.series = {{0, ok / 2, 0, {}, {}, {{100, static_cast<std::uint32_t>(ok / 2)}}},
                     {1, ok - ok / 2, 1, {}, {}, {{900, static_cast<std::uint32_t>(ok - ok / 2)}}}};
    report.connections.opened = 8;
    report.bytes.body = 12 * ok;
    report.client = {300ms, 0.5, 1ms, 2ms, 3s};
    report.round_trip = 20ms;
    report.mean_in_flight = 1.5;
    report.offered_ceiling = 100;
    report.nofile = 1024;
    report.notes = {"a note"};
    return report;
}

TEST(Archive, AReportKeepsItsBooksFailuresAndSeconds) {
    Done done;
    done.report = report(10);
    done.ceiling = 1e5;
    const auto copy = sent(done);
    EXPECT_TRUE(copy.report.books.balance());
    EXPECT_EQ(copy.report.books.ok, 10U);
    EXPECT_EQ(copy.report.failures.count(model::FailureClass::timeout), 1U);
    EXPECT_EQ(copy.report.failures.example(model::FailureClass::timeout), "nothing came");
    EXPECT_EQ(copy.report.series.size(), 2U);
    EXPECT_EQ(copy.report.series[1].latencies, done.report.series[1].latencies);
    EXPECT_EQ(copy.report.client.cpu, 300ms);
    EXPECT_EQ(copy.report.client.max_run_delay, 2ms);
    EXPECT_EQ(copy.report.client.longest_absence, 3s);
    EXPECT_EQ(copy.report.round_trip, 20ms);
    EXPECT_EQ(copy.report.notes, done.report.notes);
    EXPECT_EQ(copy.ceiling, 1e5);
}

// Visits the numbers of the report, those of its parts too, whatever they are.
template <class Struct, class Visit>
void for_each_number(Struct& object, const std::string& place, const Visit& visit) {
    for_each_member<std::remove_const_t<Struct>>([&]<class Member>(Member /*type*/) {
        auto& value = object.*Member::pointer;
        using Value = std::remove_cvref_t<decltype(value)>;
        const auto inner = place + "." + Member::name;
        if constexpr (DescribedStruct<Value>) {
            for_each_number(value, inner, visit);
        } else if constexpr (requires { value.value_or(0) + 1.0; }) {
            if constexpr (std::is_const_v<Struct>) {
                visit(value.value_or(0), inner);
            } else {
                visit(value.emplace(), inner);
            }
        } else if constexpr (requires(Value number) { number += Value(1); } &&
                             !std::is_same_v<Value, bool>) {
            visit(value, inner);
        }
    });
}

std::map<std::string, double> numbers_of(const load::LoadReport& report) {
    std::map<std::string, double> numbers;
    for_each_number(report, "", [&](const auto& value, const std::string& place) {
        if constexpr (requires { value.count(); }) {
            numbers[place] = static_cast<double>(value.count());
        } else {
            numbers[place] = static_cast<double>(value);
        }
    });
    return numbers;
}

load::LoadReport report_of_different_numbers() {
    load::LoadReport report;
    int next = 0;
    for_each_number(report, "", [&](auto& value, const std::string& /*place*/) {
        value = std::remove_cvref_t<decltype(value)>(++next);
    });
    return report;
}

TEST(Archive, AReportKeepsEveryNumberThatIsDescribed) {
    Done done;
    done.report = report_of_different_numbers();
    EXPECT_GT(numbers_of(done.report).size(), 20U);
    EXPECT_EQ(numbers_of(sent(done).report), numbers_of(done.report));
}

TEST(MergeReports, AddsUpEveryNumberThatIsDescribedButTheExtremes) {
    const auto part = report_of_different_numbers();
    const auto whole = numbers_of(load::merge_reports({part, part, part}));
    const std::set<std::string> extremes{".duration",
                                         ".longest_cut_stay",
                                         ".nofile",
                                         ".client.longest_absence",
                                         ".client.max_loop_lag",
                                         ".client.max_thread_utilisation"};
    for (const auto& [place, number] : numbers_of(part)) {
        EXPECT_EQ(whole.at(place), extremes.contains(place) ? number : 3 * number) << place;
    }
}

TEST(MergeReports, LosesNothingAndBalances) {
    const auto whole = load::merge_reports({report(10), report(30), report(7)});
    EXPECT_TRUE(whole.books.balance());
    EXPECT_EQ(whole.books.ok, 47U);
    EXPECT_EQ(whole.books.planned, 47U + 12);
    EXPECT_EQ(whole.failures.count(model::FailureClass::timeout), 3U);
    EXPECT_EQ(whole.response_time.count(), 47U);
    ASSERT_EQ(whole.series.size(), 2U);
    EXPECT_EQ(whole.series[0].ok + whole.series[1].ok, 47U);
    EXPECT_EQ(whole.series[1].failed, 3U);
    EXPECT_TRUE(whole.series[0].p99.has_value());
    EXPECT_EQ(whole.connections.opened, 24U);
    EXPECT_EQ(whole.client.cpu, 900ms);
    EXPECT_EQ(whole.client.longest_absence, 3s);
    EXPECT_EQ(whole.round_trip, 20ms);
    EXPECT_DOUBLE_EQ(whole.mean_in_flight, 4.5);
    EXPECT_DOUBLE_EQ(whole.offered_ceiling.value_or(0), 300);
    EXPECT_EQ(whole.duration, 2s);
}

}  // namespace
}  // namespace benchhost::cluster
