#include "core/machine/file_hash.hpp"

#include <Poco/DigestStream.h>
#include <Poco/SHA2Engine.h>
#include <Poco/StreamCopier.h>
#include <fmt/format.h>

#include <fstream>

namespace benchhost::machine {

Result<std::string> sha256_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    Poco::DigestOutputStream digest(engine);
    if (!file || Poco::StreamCopier::copyStream(file, digest) == 0) {
        return Error{ErrorCode::usage, fmt::format("cannot read {}", path.string())};
    }
    digest.close();
    return Poco::DigestEngine::digestToHex(engine.digest());
}

std::string sha256_of_text(const std::string& text) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(text);
    return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace benchhost::machine
