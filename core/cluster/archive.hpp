// How what ranks exchange is written and read by Boost.Serialization: described structs member by
// member, and the few types that it does not know.
#pragma once

#include "core/base/described.hpp"
#include "core/load/load.hpp"
#include "core/machine/health.hpp"

#include <boost/archive/archive_exception.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/serialization/array.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/vector.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

namespace boost::serialization {

template <class Archive, benchhost::DescribedStruct Struct>
void serialize(Archive& archive, Struct& object, const unsigned /*version*/) {
    benchhost::for_each_member<Struct>(
        [&]<class Member>(Member /*type*/) { archive& object.*Member::pointer; });
}

// Boost 1.81 knows none of these.

template <class Archive>
void serialize(Archive& archive, benchhost::Nanoseconds& duration, const unsigned /*version*/) {
    auto count = duration.count();
    archive& count;
    duration = benchhost::Nanoseconds(count);
}

/// Is not sent: a time of the sender's clock means nothing to the receiver.
template <class Archive>
void serialize(Archive& /*archive*/, std::chrono::steady_clock::time_point& /*time*/,
               const unsigned /*version*/) {}

template <class Archive>
void serialize(Archive& archive, std::filesystem::path& path, const unsigned /*version*/) {
    std::string text = path.string();
    archive& text;
    path = text;
}

template <class Archive, class Value>
void serialize(Archive& archive, std::optional<Value>& value, const unsigned /*version*/) {
    bool known = value.has_value();
    archive& known;
    if (!known) {
        value.reset();
        return;
    }
    if (!value) {
        value.emplace();
    }
    archive&* value;
}

}  // namespace boost::serialization

namespace benchhost::model {

template <class Archive>
void serialize(Archive& archive, LoadModel& model, unsigned /*version*/) {
    auto kind = static_cast<std::uint32_t>(model.index());
    archive& kind;
    if constexpr (Archive::is_loading::value) {
        constexpr auto kModels = std::variant_size_v<LoadModel>;
        if (kind >= kModels) {
            throw boost::archive::archive_exception(
                boost::archive::archive_exception::unregistered_class, "load model");
        }
        boost::mp11::mp_with_index<kModels>(kind, [&](auto index) { model.emplace<index>(); });
    }
    std::visit([&](auto& each) { archive& each; }, model);
}

}  // namespace benchhost::model

namespace benchhost::stats {

/// The buckets that hold something, and the exact extremes: nothing is lost.
template <class Archive>
void save(Archive& archive, const Histogram& histogram, unsigned /*version*/) {
    std::vector<std::pair<std::int64_t, std::uint64_t>> buckets;
    histogram.for_each_bucket([&](Nanoseconds highest, std::uint64_t count) {
        buckets.emplace_back(highest.count(), count);
    });
    const std::int64_t least = histogram.min().count();
    const std::int64_t most = histogram.max().count();
    archive& buckets& least& most;
}

template <class Archive>
void load(Archive& archive, Histogram& histogram, unsigned /*version*/) {
    std::vector<std::pair<std::int64_t, std::uint64_t>> buckets;
    std::int64_t least = 0;
    std::int64_t most = 0;
    archive& buckets& least& most;
    histogram.clear();
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        auto [value, count] = buckets[i];
        // The extremes lie in the outermost buckets and stand for one value of each.
        if (i == 0) {
            histogram.record(Nanoseconds(least));
            --count;
        }
        const bool last = i + 1 == buckets.size();
        histogram.record(Nanoseconds(last ? most : value), count);
    }
}

template <class Archive>
void serialize(Archive& archive, Histogram& histogram, unsigned version) {
    boost::serialization::split_free(archive, histogram, version);
}

}  // namespace benchhost::stats

namespace benchhost::model {

template <class Archive>
void save(Archive& archive, const FailureCounts& failures, unsigned /*version*/) {
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        const auto failure = static_cast<FailureClass>(i);
        const std::uint64_t count = failures.count(failure);
        archive& count& failures.example(failure);
    }
}

template <class Archive>
void load(Archive& archive, FailureCounts& failures, unsigned /*version*/) {
    failures = {};
    for (std::size_t i = 0; i < kFailureClasses; ++i) {
        std::uint64_t count = 0;
        std::string example;
        archive& count& example;
        failures.add_many(static_cast<FailureClass>(i), count, example);
    }
}

template <class Archive>
void serialize(Archive& archive, FailureCounts& failures, unsigned version) {
    boost::serialization::split_free(archive, failures, version);
}

}  // namespace benchhost::model
