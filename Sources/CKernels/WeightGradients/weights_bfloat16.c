// The gradient of a convolution's weight for bfloat16 images: AVX-512's instruction multiplies pairs of numbers and adds both
// products, so pixels are first laid side by side in pairs.
//
// oneDNN 2.6.3 does this at 300 to 330 GFLOP/s where this does it at 380 to 410, the pairing included (as in weights.inc).

#include "CKernels.h"
#include "pairs.h"
#include "vectors.h"

#include <string.h>

#pragma clang attribute push(BFLOAT16_FUNCTIONS, apply_to = function)

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
        tributary_lines ahead = tributary_lines_of_product(rows * columns);                                       \
        for (int64_t r = 0; r < rows; r++) {                                                                      \
            const uint32_t *vector = vectors.first + r * vectors.row, *scalar = scalars.first + r * scalars.row;  \
            for (int64_t c = 0; c < columns; c++, vector += vectors.pixel, scalar += scalars.pixel) {             \
                prefetch_line(&ahead);                                                                            \
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

// Scalars of a row of the window, of which those that are read are listed.
static int64_t listed(const tributary_weight_gradient *g) {
    return g->vectors_are_inputs ? g->y_extents[2] : g->window[1] * g->x_extents[2];
}

int64_t tributary_weight_gradient_scratch(const tributary_weight_gradient *g, int is_half) {
    if (!is_half) return (int64_t)sizeof(int32_t) * listed(g);
    plan p = plan_of(g);
    // Vectors are read whole.
    return (int64_t)sizeof(uint32_t) * (listed(g) + p.x_rows * p.x_row + g->rows * p.y_row + TRIBUTARY_LANES);
}

// Two pixels' numbers, of which at most 32 are read, side by side: what is written are the first `padded`, of at most 32.
typedef struct {
    __mmask32 read;
    __mmask16 low, high;
} part;

static part part_of(int64_t numbers, int64_t padded) {
    return (part){lanes_below(numbers, 32), (__mmask16)lanes_below(padded, 16), (__mmask16)lanes_below(padded - 16, 16)};
}

static inline void put_pairs(__m512i first, __m512i second, part p, uint32_t *result) {
    _mm512_mask_storeu_epi32(result, p.low, low_pairs(first, second));
    if (p.high) _mm512_mask_storeu_epi32(result + 16, p.high, high_pairs(first, second));
}

// Lays the numbers of two pixels side by side, and zeros up to `padded`; a pixel outside its image is NULL and gives zeros.
static void pair(const uint16_t *first, const uint16_t *second, int64_t numbers, int64_t padded, uint32_t *result) {
    for (int64_t n = 0; n < padded; n += 32) {
        part p = part_of(numbers - n, padded - n);
        __m512i a = first ? _mm512_maskz_loadu_epi16(p.read, first + n) : _mm512_setzero_si512();
        __m512i b = second ? _mm512_maskz_loadu_epi16(p.read, second + n) : _mm512_setzero_si512();
        put_pairs(a, b, p, result + n);
    }
}

// The same for `count` pairs of pixels inside their image, `step` apart, the second `distance` after the first.
static void pair_many(
    const uint16_t *first, int64_t distance, int64_t step, int64_t count, int64_t numbers, int64_t padded, uint32_t *result) {
    for (int64_t n = 0; n < padded; n += 32) {
        part p = part_of(numbers - n, padded - n);
        for (int64_t i = 0; i < count; i++) {
            const uint16_t *a = first + i * step + n;
            put_pairs(
                _mm512_maskz_loadu_epi16(p.read, a), _mm512_maskz_loadu_epi16(p.read, a + distance), p,
                result + i * padded + n);
        }
    }
}

static const uint16_t *pixel_of(const uint16_t *image, const int64_t *extents, int64_t row, int64_t column) {
    int inside = row >= 0 && row < extents[0] && column >= 0 && column < extents[1];
    return inside ? image + (row * extents[1] + column) * extents[2] : NULL;
}

static void pair_y(const tributary_weight_gradient *g, const plan *p, const uint16_t *y, int64_t row, uint32_t *result) {
    int64_t width = g->y_extents[1], channels = g->y_extents[2];
    const uint16_t *first = y + row * width * channels;
    pair_many(first, channels, 2 * channels, width / 2, channels, p->y_channels, result);
    if (width % 2)
        pair(first + (width - 1) * channels, NULL, channels, p->y_channels, result + width / 2 * p->y_channels);
}

// Pairs whose windows are in the image along a row.
static void find_inner(const tributary_weight_gradient *g, const plan *p, int64_t *first, int64_t *end) {
    int64_t stride = g->stride[1], room = g->x_extents[1] + g->padding[1] - stride - g->window[1];
    *first = quotient_up(g->padding[1], 2 * stride);
    *end = room < 0 ? 0 : room / (2 * stride) + 1;
    if (*end > p->pairs) *end = p->pairs;
    if (*end < *first) *end = *first;
}

// For each pair of pixels of y the pairs of x at a whole row of the window, which lies together where it is in the image.
static void pair_x(const tributary_weight_gradient *g, const plan *p, const uint16_t *x, int64_t row, uint32_t *result) {
    int64_t channels = g->x_extents[2], taps = g->window[1] * channels, stride = g->stride[1], first, end;
    find_inner(g, p, &first, &end);
    const uint16_t *pixels_of_row = pixel_of(x, g->x_extents, row, 0);
    if (!pixels_of_row) {
        memset(result, 0, sizeof(uint32_t) * (size_t)p->x_row);
        return;
    }
    pair_many(
        pixels_of_row + (2 * first * stride - g->padding[1]) * channels, stride * channels, 2 * stride * channels, end - first,
        taps, taps, result + first * taps);
    for (int64_t j = 0; j < p->pairs; j++) {
        if (j == first) j = end;
        if (j == p->pairs) break;
        int64_t column = 2 * j * stride - g->padding[1];
        for (int64_t w = 0; w < g->window[1]; w++)
            pair(
                pixel_of(x, g->x_extents, row, column + w), pixel_of(x, g->x_extents, row, column + stride + w), channels,
                channels, result + j * taps + w * channels);
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

void tributary_add_weight_gradient_of_halves(
    const tributary_weight_gradient *g, int64_t images, const uint16_t *x, const uint16_t *y, const float *kept,
    void *scratch, float *sums) {
    plan p = plan_of(g);
    int64_t of_x = elements(g->x_extents), of_y = elements(g->y_extents);
    int32_t *list = scratch;
    uint32_t *rest = (uint32_t *)scratch + listed(g);
    for (int64_t image = 0; image < images; image++, x += of_x, y += of_y)
        add_image(g, &p, x, y, kept ? kept + image * p.scalars : NULL, list, rest, sums);
}

#pragma clang attribute pop
