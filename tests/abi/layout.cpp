#include "layout.h"

#include <type_traits>

static_assert(std::is_trivial<bh_server>::value && std::is_standard_layout<bh_server>::value,
              "a bh_server is plain data");
static_assert(std::is_same<bh_plugin_entry, const bh_plugin* (*)(uint32_t)>::value,
              "the type of the entry");

int benchhost_abi_layout_in_cpp();
int benchhost_abi_layout_in_cpp() { return static_cast<int>(BH_ABI); }
