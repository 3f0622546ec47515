// Messages between ranks. Nothing here waits, so that a rank which is gone holds nobody up.
#pragma once

#include "core/cluster/messages.hpp"

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/request.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace benchhost::cluster {

/// Rank 0 is the coordinator. All calls from the thread that started MPI.
class Link {
  public:
    explicit Link(boost::mpi::communicator ranks) : ranks_(std::move(ranks)) {}

    int rank() const { return ranks_.rank(); }
    int size() const { return ranks_.size(); }
    boost::mpi::communicator& ranks() { return ranks_; }

    template <class Message>
    void send(int to, Tag tag, const Message& message) {
        forget_sent();
        sent_.push_back(ranks_.isend(to, static_cast<int>(tag), message));
    }

    struct Arrival {
        int from = 0;
        Tag tag = Tag::order;
    };
    /// The next message that has arrived; take() has to follow.
    std::optional<Arrival> next() {
        forget_sent();
        const auto status = ranks_.iprobe();
        if (!status) {
            return std::nullopt;
        }
        return Arrival{status->source(), static_cast<Tag>(status->tag())};
    }
    template <class Message>
    Message take(const Arrival& arrival) {
        Message message{};
        ranks_.recv(arrival.from, static_cast<int>(arrival.tag), message);
        return message;
    }
    /// Whether everything that was sent has left.
    bool all_sent() {
        forget_sent();
        return sent_.empty();
    }

  private:
    void forget_sent() {
        sent_.erase(std::remove_if(sent_.begin(), sent_.end(),
                                   [](auto& request) { return request.test().has_value(); }),
                    sent_.end());
    }

    boost::mpi::communicator ranks_;
    std::vector<boost::mpi::request> sent_;  ///< not known to have left
};

}  // namespace benchhost::cluster
