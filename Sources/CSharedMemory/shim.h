#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Memory that processes of one machine share, as far as Swift cannot say it: calls with variable arguments, and loads and
// stores whose order another process sees.

// Neither longer nor shorter, and nobody changes that again.
static const int tributary_fixed_size = 0x0001 | 0x0002 | 0x0004;
// Besides the mappings that are there already, nobody writes.
static const int tributary_no_other_writer = 0x0010;

// Makes an anonymous file of `bytes` zeros, all of them backed by memory. -1 where there is too little.
static inline int tributary_memory_create(size_t bytes) {
    int file = memfd_create("tributary", 0x0001U | 0x0002U);  // closed on exec, may be sealed
    if (file < 0) return -1;
    if (fallocate(file, 0, 0, (off_t)bytes) == 0) return file;
    close(file);
    return -1;
}

static inline int tributary_memory_seal(int file, int seals) { return fcntl(file, 1033 /* F_ADD_SEALS */, seals); }

// The seals of a file; -1 where it is of a kind that has none.
static inline int tributary_memory_seals(int file) { return fcntl(file, 1034 /* F_GET_SEALS */); }

// Opens a file to be read; never waits, whatever kind of file it is.
static inline int tributary_memory_open(const char *path) {
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

// Everything written after this is seen only by readers that see the new stamp, too.
static inline void tributary_stamp_store(uint64_t *stamp, uint64_t value) {
    __atomic_store_n(stamp, value, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

// The stamp after everything that was read before.
static inline uint64_t tributary_stamp_load(const uint64_t *stamp) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return __atomic_load_n(stamp, __ATOMIC_RELAXED);
}
