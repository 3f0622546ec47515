// A plugin's shared library in this process. Only benchhost-serve links this folder.
#pragma once

#include <benchhost/plugin.h>

#include <filesystem>
#include <string>
#include <vector>

// Boost.DLL otherwise wants the compiled Boost.Filesystem.
#ifndef BOOST_DLL_USE_STD_FS
#define BOOST_DLL_USE_STD_FS
#endif
#include "core/base/result.hpp"

#include <boost/dll/shared_library.hpp>

namespace benchhost::host {

/// Loads a plugin and keeps it loaded as long as it lives; what it returns points into the library.
/// Main thread.
class PluginLibrary {
  public:
    /// The error (code server) says in a sentence why it is no usable plugin; the loader's own
    /// words are in it. Validated, so that nobody behind it meets a null or too short struct.
    static Result<PluginLibrary> load(const std::filesystem::path& path);

    /// As load(), but what it says of itself is still to be validated.
    static Result<PluginLibrary> open(const std::filesystem::path& path);

    const bh_plugin& plugin() const { return *plugin_; }
    std::vector<const bh_server*> servers() const;

    /// The error names the ids that there are.
    Result<const bh_server*> find(const std::string& id) const;

  private:
    PluginLibrary(boost::dll::shared_library library, const bh_plugin* plugin)
        : library_(std::move(library)), plugin_(plugin) {}

    boost::dll::shared_library library_;
    const bh_plugin* plugin_;
};

}  // namespace benchhost::host
