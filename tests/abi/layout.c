#include "layout.h"

int benchhost_abi_layout_in_c(void);
int benchhost_abi_layout_in_c(void) { return (int)BH_ABI; }
