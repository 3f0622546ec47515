#include "core/host/shadowed_symbols.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace benchhost::host {
namespace {

using Dynamic = ElfW(Dyn);
using Symbol = ElfW(Sym);
using Word = ElfW(Word);

/// What the loader knows of one object, in memory.
struct Object {
    ElfW(Addr) base = 0;
    std::string path;  ///< empty: the program itself
    const Dynamic* dynamic = nullptr;
};

std::vector<Object> all_objects() {
    std::vector<Object> objects;
    ::dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t /*size*/, void* found) {
            Object object{info->dlpi_addr, info->dlpi_name, nullptr};
            for (int i = 0; i < info->dlpi_phnum; ++i) {
                if (info->dlpi_phdr[i].p_type == PT_DYNAMIC) {
                    object.dynamic = reinterpret_cast<const Dynamic*>(info->dlpi_addr +
                                                                      info->dlpi_phdr[i].p_vaddr);
                }
            }
            static_cast<std::vector<Object>*>(found)->push_back(std::move(object));
            return 0;
        },
        &objects);
    return objects;
}

struct Tables {
    const Symbol* symbols = nullptr;
    const char* names = nullptr;
    const Word* gnu_hash = nullptr;
    const Word* hash = nullptr;
    bool symbolic = false;
};

Tables tables_of(const Object& object) {
    Tables tables;
    // The loader has made most of these absolute, depending on the kind of machine.
    const auto at = [&](const Dynamic& entry) {
        const auto address = entry.d_un.d_ptr;
        return address < object.base ? address + object.base : address;
    };
    for (const auto* entry = object.dynamic; entry != nullptr && entry->d_tag != DT_NULL; ++entry) {
        switch (entry->d_tag) {
            case DT_SYMTAB:
                tables.symbols = reinterpret_cast<const Symbol*>(at(*entry));
                break;
            case DT_STRTAB:
                tables.names = reinterpret_cast<const char*>(at(*entry));
                break;
            case DT_GNU_HASH:
                tables.gnu_hash = reinterpret_cast<const Word*>(at(*entry));
                break;
            case DT_HASH:
                tables.hash = reinterpret_cast<const Word*>(at(*entry));
                break;
            case DT_SYMBOLIC:
                tables.symbolic = true;
                break;
            case DT_FLAGS:
                tables.symbolic = tables.symbolic || (entry->d_un.d_val & DF_SYMBOLIC) != 0;
                break;
            default:
                break;
        }
    }
    return tables;
}

// No table says how many symbols there are; the hash tables reach every one that is defined.
std::size_t count_symbols(const Tables& tables) {
    if (tables.hash != nullptr) {
        return tables.hash[1];
    }
    if (tables.gnu_hash == nullptr) {
        return 0;
    }
    const Word buckets = tables.gnu_hash[0];
    const Word first = tables.gnu_hash[1];
    const Word bloom_words = tables.gnu_hash[2] * (sizeof(ElfW(Addr)) / sizeof(Word));
    constexpr std::size_t kHeader = 4;
    const Word* bucket = tables.gnu_hash + kHeader + bloom_words;
    const Word* chain = bucket + buckets;
    Word last = buckets == 0 ? 0 : *std::max_element(bucket, bucket + buckets);
    if (last < first) {
        return first;
    }
    while ((chain[last - first] & 1U) == 0) {
        ++last;
    }
    return last + std::size_t{1};
}

bool is_for_everybody(const Symbol& symbol) {
    const auto type = ELF64_ST_TYPE(symbol.st_info);
    return symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS &&
           ELF64_ST_BIND(symbol.st_info) == STB_GLOBAL &&
           ELF64_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT &&
           (type == STT_FUNC || type == STT_OBJECT || type == STT_GNU_IFUNC);
}

std::string file_name(const std::string& path) {
    return path.empty() ? "benchhost-serve" : std::filesystem::path(path).filename().string();
}

}  // namespace

std::set<const void*> loaded_objects() {
    std::set<const void*> objects;
    for (const auto& object : all_objects()) {
        objects.insert(object.dynamic);
    }
    return objects;
}

std::vector<ShadowedSymbol> shadowed_symbols(const std::set<const void*>& before) {
    std::vector<ShadowedSymbol> shadowed;
    for (const auto& object : all_objects()) {
        const auto tables = tables_of(object);
        if (before.count(object.dynamic) > 0 || tables.symbolic || tables.symbols == nullptr ||
            tables.names == nullptr) {
            continue;
        }
        for (std::size_t i = 0; i < count_symbols(tables); ++i) {
            const auto& symbol = tables.symbols[i];
            const char* name = tables.names + symbol.st_name;
            // A plugin is loaded for itself alone: what everybody sees is what was there before.
            void* seen = is_for_everybody(symbol) ? ::dlsym(RTLD_DEFAULT, name) : nullptr;
            Dl_info used{};
            if (seen != nullptr && ::dladdr(seen, &used) != 0) {
                shadowed.push_back({name, file_name(object.path), file_name(used.dli_fname)});
            }
        }
    }
    return shadowed;
}

}  // namespace benchhost::host
