// Whose code is called under a name that both a plugin and this process have.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace benchhost::host {

/// A name that a library defines for everybody and that an object loaded before it has too: the
/// loader looks there first, so that the library's own is never called.
struct ShadowedSymbol {
    std::string name;
    std::string own;   ///< file name of the library
    std::string used;  ///< file name of the object whose symbol is called instead
};

/// The objects that this process has loaded, by where they lie in memory.
std::set<const void*> loaded_objects();

/// Those of all libraries that are loaded now and were not `before`, a plugin and what it brings.
/// Weak definitions are left out, as any of several serves; so is a library linked with -Bsymbolic.
std::vector<ShadowedSymbol> shadowed_symbols(const std::set<const void*>& before);

}  // namespace benchhost::host
