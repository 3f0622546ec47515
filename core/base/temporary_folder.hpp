// A folder that is gone with its owner.
#pragma once

#include "core/base/result.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace benchhost {

/// Below the system's temporary folder, readable by us alone. Moved, never copied.
class TemporaryFolder {
  public:
    /// The error (code environment) says where none could be made.
    static Result<TemporaryFolder> make(const std::string& name);

    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    const std::filesystem::path& path() const { return path_; }

    /// Others may pass through it to what is open to them and whose name they know. The error is of
    /// code environment.
    Status let_others_pass() const;

  private:
    explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace benchhost
