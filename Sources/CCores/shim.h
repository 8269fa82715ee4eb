#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sched.h>

// The cores of a thread, which Swift does not import: sets of bits behind macros.

static const int tributary_core_limit = CPU_SETSIZE;

// The cores that the calling thread may use; none where the machine has more than `tributary_core_limit`.
static inline cpu_set_t tributary_cores(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) CPU_ZERO(&set);
    return set;
}

static inline _Bool tributary_has_core(cpu_set_t set, int core) { return CPU_ISSET(core, &set); }

// Keeps the calling thread on a core, which is left out of the set where its number is too large, or below 0. Answers whether the
// system lets it.
static inline _Bool tributary_stay_on_core(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}
