// A plugin that says of itself what some bytes have it say.
#pragma once

#include <benchhost/plugin.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace benchhost::fuzz {

/// Any member may be null, of any size or unknown; only what is counted is there, because a plugin
/// that counts what it does not have cannot be survived in its process.
class SpokenPlugin {
  public:
    explicit SpokenPlugin(std::string_view bytes);
    const bh_plugin& plugin() const { return plugin_; }

  private:
    unsigned byte();
    const char* text();
    std::uint32_t size_like(std::size_t size);
    const bh_option* option();
    const bh_server* server();

    std::string_view bytes_;
    std::deque<std::string> texts_;
    std::deque<bh_option> options_;
    std::deque<std::vector<const bh_option*>> option_lists_;
    std::deque<bh_server> servers_;
    std::vector<const bh_server*> server_list_;
    bh_plugin plugin_{};
};

}  // namespace benchhost::fuzz
