#include "CKernels.h"
#include "vectors.h"
#include "winograd_tiles.h"

#include <immintrin.h>

void tributary_run_program_avx2(const tributary_program *program, int64_t chunk, int is_first);
void tributary_run_program_avx512(const tributary_program *program, int64_t chunk, int is_first);
void tributary_add_columns_avx2(
    const tributary_columns *columns, int64_t images, const float *products, float *row, float *result);
void tributary_add_columns_avx512(
    const tributary_columns *columns, int64_t images, const float *products, float *row, float *result);
void tributary_fill_noise_avx2(
    tributary_distribution distribution, const tributary_stream *stream, float probability, int64_t count,
    float *result);
void tributary_fill_noise_avx512(
    tributary_distribution distribution, const tributary_stream *stream, float probability, int64_t count,
    float *result);

void tributary_run_program(
    tributary_instruction_set set, const tributary_program *program, int64_t chunk, int is_first) {
    if (set == TRIBUTARY_AVX512) tributary_run_program_avx512(program, chunk, is_first);
    else tributary_run_program_avx2(program, chunk, is_first);
}

void tributary_add_columns(
    tributary_instruction_set set, const tributary_columns *columns, int64_t images, const float *products, float *row,
    float *result) {
    if (set == TRIBUTARY_AVX512) tributary_add_columns_avx512(columns, images, products, row, result);
    else tributary_add_columns_avx2(columns, images, products, row, result);
}

void tributary_fill_noise(
    tributary_instruction_set set, tributary_distribution distribution, const tributary_stream *stream,
    float probability, int64_t count, float *result) {
    if (set == TRIBUTARY_AVX512) tributary_fill_noise_avx512(distribution, stream, probability, count, result);
    else tributary_fill_noise_avx2(distribution, stream, probability, count, result);
}

void tributary_copy_avx2(
    const int64_t *extents, const void *source, const int64_t *source_strides, void *target,
    const int64_t *target_strides, int is_half);
void tributary_copy_avx512(
    const int64_t *extents, const void *source, const int64_t *source_strides, void *target,
    const int64_t *target_strides, int is_half);

void tributary_copy(
    tributary_instruction_set set, const int64_t extents[4], const void *source, const int64_t source_strides[4],
    void *target, const int64_t target_strides[4], int is_half) {
    if (set == TRIBUTARY_AVX512) tributary_copy_avx512(extents, source, source_strides, target, target_strides, is_half);
    else tributary_copy_avx2(extents, source, source_strides, target, target_strides, is_half);
}

void tributary_round_to_halves_avx2(int64_t count, const float *source, uint16_t *target);
void tributary_round_to_halves_avx512(int64_t count, const float *source, uint16_t *target);

void tributary_round_to_halves(tributary_instruction_set set, int64_t count, const float *source, uint16_t *target) {
    if (set == TRIBUTARY_AVX512) tributary_round_to_halves_avx512(count, source, target);
    else tributary_round_to_halves_avx2(count, source, target);
}

void tributary_add_weight_gradient_avx2(
    const tributary_weight_gradient *gradient, int64_t images, const float *x, const float *y, const float *kept,
    int32_t *scratch, float *sums);
void tributary_add_weight_gradient_avx512(
    const tributary_weight_gradient *gradient, int64_t images, const float *x, const float *y, const float *kept,
    int32_t *scratch, float *sums);

void tributary_add_weight_gradient(
    tributary_instruction_set set, const tributary_weight_gradient *gradient, int64_t images, const float *x,
    const float *y, const float *kept, void *scratch, float *sums) {
    if (set == TRIBUTARY_AVX512) tributary_add_weight_gradient_avx512(gradient, images, x, y, kept, scratch, sums);
    else tributary_add_weight_gradient_avx2(gradient, images, x, y, kept, scratch, sums);
}

void tributary_winograd_pack_avx2(const tributary_winograd *convolution, const float *weight, float *packed);
void tributary_winograd_pack_avx512(const tributary_winograd *convolution, const float *weight, float *packed);
void tributary_winograd_run_avx2(
    const tributary_winograd *convolution, int64_t images, const float *source, const float *kept, const float *packed,
    void *scratch, float *target);
void tributary_winograd_run_avx512(
    const tributary_winograd *convolution, int64_t images, const float *source, const float *kept, const float *packed,
    void *scratch, float *target);

int tributary_has_winograd(int64_t window, int64_t stride) {
    tributary_winograd any = {.window = window, .stride = stride};
    return products_along_axis(&any) != 0;
}

// For each pair of channels.
static int64_t products_of_tile(const tributary_winograd *w) {
    int64_t along_axis = products_along_axis(w);
    return along_axis * along_axis;
}

int64_t tributary_winograd_packed(const tributary_winograd *w) {
    int64_t inputs = w->x_extents[2], outputs = w->y_extents[2];
    int64_t pairs = w->is_gradient ? outputs * whole_vectors(inputs) : inputs * whole_vectors(outputs);
    return (int64_t)sizeof(float) * products_of_tile(w) * pairs;
}

// The channels listed, a pixel to read and one to write outside of images, and for up to twelve tiles their terms and the products of
// up to 32 channels.
int64_t tributary_winograd_scratch(const tributary_winograd *w) {
    int64_t x = whole_vectors(w->x_extents[2]), y = whole_vectors(w->y_extents[2]), inputs = w->is_gradient ? y : x;
    return (int64_t)sizeof(float) * (inputs + x + y + 12 * products_of_tile(w) * (inputs + 32));
}

void tributary_winograd_pack(
    tributary_instruction_set set, const tributary_winograd *convolution, const float *weight, void *packed) {
    if (set == TRIBUTARY_AVX512) tributary_winograd_pack_avx512(convolution, weight, packed);
    else tributary_winograd_pack_avx2(convolution, weight, packed);
}

void tributary_winograd_run(
    tributary_instruction_set set, const tributary_winograd *convolution, int64_t images, const void *source,
    const float *kept, const void *packed, void *scratch, void *target) {
    if (set == TRIBUTARY_AVX512) tributary_winograd_run_avx512(convolution, images, source, kept, packed, scratch, target);
    else tributary_winograd_run_avx2(convolution, images, source, kept, packed, scratch, target);
}

void tributary_narrow_pack_avx2(const tributary_narrow *convolution, const float *weight, float *packed);
void tributary_narrow_pack_avx512(const tributary_narrow *convolution, const float *weight, float *packed);
void tributary_narrow_convolution_avx2(
    const tributary_narrow *convolution, int64_t images, const float *x, const float *packed, float *scratch, float *y);
void tributary_narrow_convolution_avx512(
    const tributary_narrow *convolution, int64_t images, const float *x, const float *packed, float *scratch, float *y);
void tributary_narrow_pack_of_halves(const tributary_narrow *convolution, const float *weight, uint32_t *packed);
void tributary_narrow_convolution_of_halves(
    const tributary_narrow *convolution, int64_t images, const uint16_t *x, const uint32_t *packed, uint16_t *scratch,
    uint16_t *y);

// The rows of a window under up to twelve results, and a number that fills them up.
int64_t tributary_narrow_scratch(const tributary_narrow *n) {
    return (int64_t)sizeof(float) * n->window[0] * ((11 * n->stride[1] + n->window[1]) * n->x_extents[2] + 1);
}

void tributary_narrow_pack(
    tributary_instruction_set set, const tributary_narrow *convolution, const float *weight, void *packed) {
    if (convolution->is_half) tributary_narrow_pack_of_halves(convolution, weight, packed);
    else if (set == TRIBUTARY_AVX512) tributary_narrow_pack_avx512(convolution, weight, packed);
    else tributary_narrow_pack_avx2(convolution, weight, packed);
}

void tributary_narrow_convolution(
    tributary_instruction_set set, const tributary_narrow *convolution, int64_t images, const void *x,
    const void *packed, void *scratch, void *y) {
    if (convolution->is_half) tributary_narrow_convolution_of_halves(convolution, images, x, packed, scratch, y);
    else if (set == TRIBUTARY_AVX512) tributary_narrow_convolution_avx512(convolution, images, x, packed, scratch, y);
    else tributary_narrow_convolution_avx2(convolution, images, x, packed, scratch, y);
}

int64_t tributary_find_nonzeros_avx2(const tributary_sparse_product *product, const void *first, void *scratch);
int64_t tributary_find_nonzeros_avx512(const tributary_sparse_product *product, const void *first, void *scratch);
void tributary_multiply_nonzeros_avx2(
    const tributary_sparse_product *product, const void *first, const void *second, void *scratch, float *result);
void tributary_multiply_nonzeros_avx512(
    const tributary_sparse_product *product, const void *first, const void *second, void *scratch, float *result);

int64_t tributary_find_nonzeros(
    tributary_instruction_set set, const tributary_sparse_product *product, const void *first, void *scratch) {
    if (set == TRIBUTARY_AVX512) return tributary_find_nonzeros_avx512(product, first, scratch);
    return tributary_find_nonzeros_avx2(product, first, scratch);
}

void tributary_multiply_nonzeros(
    tributary_instruction_set set, const tributary_sparse_product *product, const void *first, const void *second,
    void *scratch, float *result) {
    if (set == TRIBUTARY_AVX512) tributary_multiply_nonzeros_avx512(product, first, second, scratch, result);
    else tributary_multiply_nonzeros_avx2(product, first, second, scratch, result);
}

// What is packed, a block of the result, and bits of rows and of columns.
int64_t tributary_sparse_product_scratch(const tributary_sparse_product *p) {
    int64_t words = p->rows * quotient_up(p->depth, 64) + p->depth * quotient_up(p->rows, 64);
    int64_t panels = 1 + (p->result_is_transposed ? quotient_up(p->depth, 64) : 1);
    return (int64_t)sizeof(float) * TRIBUTARY_SPARSE_PANEL * panels + (int64_t)sizeof(uint64_t) * words;
}

void tributary_flush_denormals(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
