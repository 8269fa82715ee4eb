#pragma once
#include <stdint.h>

// Swift cannot reach the register that says what happens to subnormal numbers; these read and set it for the calling thread.

#if defined(__x86_64__)
#include <xmmintrin.h>

// Bit 15 flushes subnormal results to zero, bit 6 takes subnormal operands as zero.
static const uint64_t tributary_flush_to_zero_bits = 0x8040;

static inline uint64_t tributary_float_control(void) { return _mm_getcsr(); }
static inline void tributary_set_float_control(uint64_t value) { _mm_setcsr((unsigned int)value); }

#elif defined(__aarch64__)

// Bit 24 flushes subnormal operands and results to zero.
static const uint64_t tributary_flush_to_zero_bits = UINT64_C(1) << 24;

static inline uint64_t tributary_float_control(void) {
    uint64_t value;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value));
    return value;
}
static inline void tributary_set_float_control(uint64_t value) {
    __asm__ volatile("msr fpcr, %0" : : "r"(value));
}

#else
#error "FloatEnvironment knows x86-64 and AArch64 only"
#endif
