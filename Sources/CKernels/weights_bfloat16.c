// The gradient of a convolution's weight for bfloat16 images: AVX-512's instruction multiplies pairs of numbers and adds both
// products, so pixels are first laid side by side in pairs.
//
// oneDNN 2.6.3 does this at 300 to 330 GFLOP/s where this does it at 380 to 410, the pairing included (as in weights.inc).

#include "CKernels.h"
#include "vectors.h"

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(                                                                                     \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), apply_to = function)

#define ELEMENT uint32_t

#define BLOCK(V, S)                                                                                               \
    static void block_##V##_##S(                                                                                  \
        pixels vectors, pixels scalars, const int32_t *list, int64_t rows, int64_t columns, float *sums,          \
        int64_t sums_row) {                                                                                       \
        int64_t number[S];                                                                                        \
        for (int s = 0; s < S; s++) number[s] = list[s];                                                          \
        __m512 total[S][V];                                                                                       \
        for (int s = 0; s < S; s++)                                                                               \
            for (int v = 0; v < V; v++) total[s][v] = _mm512_setzero_ps();                                        \
        for (int64_t r = 0; r < rows; r++) {                                                                      \
            const uint32_t *vector = vectors.first + r * vectors.row, *scalar = scalars.first + r * scalars.row;  \
            for (int64_t c = 0; c < columns; c++, vector += vectors.pixel, scalar += scalars.pixel) {             \
                __m512i values[V];                                                                                \
                for (int v = 0; v < V; v++) values[v] = _mm512_loadu_si512(vector + TRIBUTARY_LANES * v);         \
                _Pragma("clang loop unroll(full)") for (int s = 0; s < S; s++) {                                  \
                    __m512i repeated = _mm512_set1_epi32((int32_t)scalar[number[s]]);                             \
                    for (int v = 0; v < V; v++)                                                                   \
                        total[s][v] = _mm512_dpbf16_ps(total[s][v], (__m512bh)values[v], (__m512bh)repeated);     \
                }                                                                                                 \
            }                                                                                                     \
        }                                                                                                         \
        for (int s = 0; s < S; s++)                                                                               \
            for (int v = 0; v < V; v++) {                                                                         \
                float *place = sums + number[s] * sums_row + TRIBUTARY_LANES * v;                                 \
                _mm512_storeu_ps(place, _mm512_add_ps(_mm512_loadu_ps(place), total[s][v]));                      \
            }                                                                                                     \
    }

#include "wide_blocks.inc"
#include "blocks.inc"

typedef struct {
    // Channels of y, filled up to whole vectors, and channels whose numbers are repeated.
    int64_t y_channels, scalars;
    // Pairs in a row of y.
    int64_t pairs;
    // Elements between rows of pairs.
    int64_t x_row, y_row;
    // Rows of x that some rows of y need.
    int64_t x_rows;
} plan;

static plan plan_of(const tributary_weight_gradient *g) {
    plan p = {.y_channels = whole_vectors(g->y_extents[2]), .pairs = (g->y_extents[1] + 1) / 2};
    p.scalars = g->vectors_are_inputs ? g->y_extents[2] : g->x_extents[2];
    p.x_row = p.pairs * g->window[1] * g->x_extents[2];
    p.y_row = p.pairs * p.y_channels;
    p.x_rows = (g->rows - 1) * g->stride[0] + g->window[0];
    return p;
}

static int64_t elements(const int64_t extents[3]) { return extents[0] * extents[1] * extents[2]; }

// With few channels the pairing costs more than it saves.
static int is_widened(const tributary_weight_gradient *g) {
    return g->x_extents[2] < TRIBUTARY_LANES || g->y_extents[2] < TRIBUTARY_LANES;
}

// Scalars of a row of the window, of which those that are read are listed.
static int64_t listed(const tributary_weight_gradient *g) {
    return g->vectors_are_inputs ? g->y_extents[2] : g->window[1] * g->x_extents[2];
}

int64_t tributary_weight_gradient_scratch(const tributary_weight_gradient *g, int is_half) {
    if (!is_half) return (int64_t)sizeof(int32_t) * listed(g);
    plan p = plan_of(g);
    int64_t wide = elements(g->x_extents) + elements(g->y_extents), pairs = p.x_rows * p.x_row + g->rows * p.y_row;
    // Vectors are read whole.
    return (int64_t)sizeof(uint32_t) * (listed(g) + (is_widened(g) ? wide : pairs) + TRIBUTARY_LANES);
}

// The lanes below `count`, of `most`.
static uint32_t mask(int64_t count, int64_t most) {
    if (count <= 0) return 0;
    return count >= most ? (uint32_t)((1ull << most) - 1) : (1u << count) - 1;
}

// Lays the channels of two pixels side by side, and zeros up to `padded`; a pixel outside its image is NULL and gives zeros.
static void pair(const uint16_t *first, const uint16_t *second, int64_t channels, int64_t padded, uint32_t *result) {
    __m512i low = _mm512_set_epi16(
        47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39, 7, 38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
    __m512i high = _mm512_add_epi16(low, _mm512_set1_epi16(16));
    for (int64_t c = 0; c < padded; c += 32) {
        __mmask32 read = mask(channels - c, 32);
        __m512i a = first ? _mm512_maskz_loadu_epi16(read, first + c) : _mm512_setzero_si512();
        __m512i b = second ? _mm512_maskz_loadu_epi16(read, second + c) : _mm512_setzero_si512();
        _mm512_mask_storeu_epi32(
            result + c, (__mmask16)mask(padded - c, 16), _mm512_permutex2var_epi16(a, low, b));
        _mm512_mask_storeu_epi32(
            result + c + 16, (__mmask16)mask(padded - c - 16, 16), _mm512_permutex2var_epi16(a, high, b));
    }
}

static const uint16_t *pixel_of(const uint16_t *image, const int64_t *extents, int64_t row, int64_t column) {
    int inside = row >= 0 && row < extents[0] && column >= 0 && column < extents[1];
    return inside ? image + (row * extents[1] + column) * extents[2] : NULL;
}

static void pair_y(const tributary_weight_gradient *g, const plan *p, const uint16_t *y, int64_t row, uint32_t *result) {
    for (int64_t j = 0; j < p->pairs; j++)
        pair(
            pixel_of(y, g->y_extents, row, 2 * j), pixel_of(y, g->y_extents, row, 2 * j + 1), g->y_extents[2],
            p->y_channels, result + j * p->y_channels);
}

// For each pair of pixels of y the pairs of x at a whole row of the window.
static void pair_x(const tributary_weight_gradient *g, const plan *p, const uint16_t *x, int64_t row, uint32_t *result) {
    int64_t channels = g->x_extents[2];
    for (int64_t j = 0; j < p->pairs; j++) {
        int64_t column = 2 * j * g->stride[1] - g->padding[1];
        for (int64_t w = 0; w < g->window[1]; w++, result += channels)
            pair(
                pixel_of(x, g->x_extents, row, column + w), pixel_of(x, g->x_extents, row, column + g->stride[1] + w),
                channels, channels, result);
    }
}

static void add_places(
    const tributary_weight_gradient *g, const plan *p, const uint32_t *x, const uint32_t *y, const int32_t *list,
    int64_t count, int64_t rows, float *sums) {
    int64_t inputs = g->x_extents[2], outputs = g->y_extents[2], taps = g->window[1] * inputs;
    pixels of_y = {y, p->y_row, p->y_channels}, of_x = {x, g->stride[0] * p->x_row, taps};
    for (int64_t h = 0; h < g->window[0]; h++, of_x.first = x + h * p->x_row) {
        if (!g->vectors_are_inputs) {
            add_products(of_y, outputs, of_x, list, count, rows, p->pairs, sums);
            sums += taps * p->y_channels;
            continue;
        }
        for (int64_t w = 0; w < g->window[1]; w++, of_x.first += inputs, sums += outputs * whole_vectors(inputs))
            add_products(of_x, inputs, of_y, list, count, rows, p->pairs, sums);
    }
}

static void add_image(
    const tributary_weight_gradient *g, const plan *p, const uint16_t *x, const uint16_t *y, const float *kept,
    int32_t *list, uint32_t *scratch, float *sums) {
    int64_t count = list_scalars(kept, p->scalars, g->vectors_are_inputs ? 1 : g->window[1], list);
    uint32_t *of_x = scratch, *of_y = scratch + p->x_rows * p->x_row;
    for (int64_t first = 0; first < g->y_extents[0]; first += g->rows) {
        int64_t rows = first + g->rows < g->y_extents[0] ? g->rows : g->y_extents[0] - first;
        int64_t x_rows = (rows - 1) * g->stride[0] + g->window[0], top = first * g->stride[0] - g->padding[0];
        for (int64_t r = 0; r < rows; r++) pair_y(g, p, y, first + r, of_y + r * p->y_row);
        for (int64_t r = 0; r < x_rows; r++) pair_x(g, p, x, top + r, of_x + r * p->x_row);
        add_places(g, p, of_x, of_y, list, count, rows, sums);
    }
}

static const float *widen(const uint16_t *halves, int64_t count, uint32_t *result) {
    for (int64_t i = 0; i < count; i++) result[i] = (uint32_t)halves[i] << 16;
    return (const float *)result;
}

void tributary_add_weight_gradient_of_halves(
    const tributary_weight_gradient *g, int64_t images, const uint16_t *x, const uint16_t *y, const float *kept,
    void *scratch, float *sums) {
    plan p = plan_of(g);
    int64_t of_x = elements(g->x_extents), of_y = elements(g->y_extents);
    int32_t *list = scratch;
    uint32_t *rest = (uint32_t *)scratch + listed(g);
    for (int64_t image = 0; image < images; image++, x += of_x, y += of_y) {
        const float *kept_here = kept ? kept + image * p.scalars : NULL;
        if (!is_widened(g)) {
            add_image(g, &p, x, y, kept_here, list, rest, sums);
            continue;
        }
        const float *wide_x = widen(x, of_x, rest), *wide_y = widen(y, of_y, rest + of_x);
        tributary_add_weight_gradient(TRIBUTARY_AVX512, g, 1, wide_x, wide_y, kept_here, list, sums);
    }
}

#pragma clang attribute pop
