// Numbers of two rows side by side, as AVX-512's products of bfloat16 numbers read them.

#pragma once
#include <immintrin.h>
#include <stdint.h>

#define BFLOAT16_FUNCTIONS                                                                                          \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))

// The lanes below `count`, of `most`.
static inline uint32_t lanes_below(int64_t count, int64_t most) {
    if (count <= 0) return 0;
    return count >= most ? (uint32_t)((1ull << most) - 1) : (1u << count) - 1;
}

// Of the 32 numbers of each row the first 16 and the others, in pairs.
BFLOAT16_FUNCTIONS static inline __m512i low_pairs(__m512i first, __m512i second) {
    __m512i order = _mm512_set_epi16(
        47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7, 38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
    return _mm512_permutex2var_epi16(first, order, second);
}

BFLOAT16_FUNCTIONS static inline __m512i high_pairs(__m512i first, __m512i second) {
    __m512i order = _mm512_set_epi16(
        63, 31, 62, 30, 61, 29, 60, 28, 59, 27, 58, 26, 57, 25, 56, 24, 55, 23, 54, 22, 53, 21, 52, 20, 51, 19, 50, 18, 49, 17,
        48, 16);
    return _mm512_permutex2var_epi16(first, order, second);
}
