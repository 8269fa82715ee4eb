// Convolutions in bfloat16: AVX-512's instruction multiplies pairs of numbers and adds both products.

#include "CKernels.h"
#include "pairs.h"

#include <string.h>

#pragma clang attribute push(BFLOAT16_FUNCTIONS, apply_to = function)

#define NAME(function) function##_of_halves
#define NUMBER uint16_t
#define WEIGHT uint32_t
#define NUMBERS_OF_WEIGHT 2

#define PRODUCT(V, S)                                                                                             \
    static void product_##V##_##S(                                                                                \
        const factors *rows, const uint32_t *weights, uint16_t *result, int64_t result_step) {                    \
        __m512 total[S][V];                                                                                       \
        for (int s = 0; s < S; s++)                                                                               \
            for (int v = 0; v < V; v++) total[s][v] = _mm512_setzero_ps();                                        \
        int64_t step = rows->step, depth = rows->depth;                                                           \
        tributary_lines ahead = tributary_lines_of_product(rows->lines * depth);                                  \
        for (int64_t l = 0; l < rows->lines; l++) {                                                               \
            const uint16_t *line = rows->first + l * rows->line;                                                  \
            _Pragma("clang loop unroll(disable)") for (int64_t k = 0; k < depth; k++) {                           \
                prefetch_line(&ahead);                                                                            \
                __m512i weight[V];                                                                                \
                for (int v = 0; v < V; v++) weight[v] = _mm512_loadu_si512(weights + TRIBUTARY_LANES * v);        \
                weights += V * TRIBUTARY_LANES;                                                                   \
                _Pragma("clang loop unroll(full)") for (int s = 0; s < S; s++) {                                  \
                    int32_t pair;                                                                                 \
                    memcpy(&pair, line + s * step + 2 * k, sizeof pair);                                          \
                    __m512i numbers = _mm512_set1_epi32(pair);                                                    \
                    for (int v = 0; v < V; v++)                                                                   \
                        total[s][v] = _mm512_dpbf16_ps(total[s][v], (__m512bh)weight[v], (__m512bh)numbers);      \
                }                                                                                                 \
            }                                                                                                     \
        }                                                                                                         \
        for (int s = 0; s < S; s++)                                                                               \
            for (int v = 0; v < V; v++) {                                                                         \
                __m256i rounded = (__m256i)_mm512_cvtneps_pbh(total[s][v]);                                       \
                _mm256_storeu_si256((__m256i *)(result + s * result_step + TRIBUTARY_LANES * v), rounded);        \
            }                                                                                                     \
    }

#include "wide_products.inc"
#include "products.inc"

// Packs pairs of rounded weights; there may be no second one.
static void put_weights(const float *first, const float *second, int64_t width, uint32_t *packed) {
    for (int64_t o = 0; o < width; o += TRIBUTARY_LANES) {
        __m512 high = second ? _mm512_loadu_ps(second + o) : _mm512_setzero_ps();
        __m512i low = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_loadu_ps(first + o)));
        __m512i upper = _mm512_slli_epi32(_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(high)), 16);
        _mm512_storeu_si512(packed + o, _mm512_or_si512(low, upper));
    }
}

#include "narrow.inc"
#include "selective.inc"

#pragma clang attribute pop
