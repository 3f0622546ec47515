// A set of processors as the kernel takes it, on machines of any size.
#pragma once

#include <sched.h>

#include <cstddef>

namespace benchhost {

/// A cpu_set_t by itself ends at 1,024 processors.
class CpuMask {
  public:
    static constexpr unsigned kCpus = 8192;  ///< the kernel knows no more

    CpuMask() : set_(CPU_ALLOC(kCpus)) { CPU_ZERO_S(size(), set_); }
    explicit CpuMask(unsigned cpu) : CpuMask() { add(cpu); }
    CpuMask(const CpuMask&) = delete;
    CpuMask& operator=(const CpuMask&) = delete;
    ~CpuMask() { CPU_FREE(set_); }

    static std::size_t size() { return CPU_ALLOC_SIZE(kCpus); }  ///< in bytes
    void add(unsigned cpu) { CPU_SET_S(cpu, size(), set_); }
    bool has(unsigned cpu) const { return CPU_ISSET_S(cpu, size(), set_); }
    cpu_set_t* get() { return set_; }

  private:
    cpu_set_t* set_;
};

/// Keeps the calling thread on that processor; false, with errno, when the kernel refuses.
inline bool pin_to(unsigned cpu) {
    CpuMask mask(cpu);
    return ::sched_setaffinity(0, CpuMask::size(), mask.get()) == 0;
}

}  // namespace benchhost
