// Everything that a load thread asks of the operating system, in one class, Kernel: the time,
// sockets, their readiness and what the thread itself has used. The engine names no other clock and
// makes no other system call while it runs, so that its sources can be compiled once more with
// BENCHHOST_KERNEL naming another header with a class of the same functions: the tests play a whole
// load in simulated time that way. Nothing of it is virtual.
#pragma once

#ifdef BENCHHOST_KERNEL
#include BENCHHOST_KERNEL
#else
#include "core/load/engine/linux_kernel.hpp"
#endif
