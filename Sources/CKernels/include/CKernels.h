#pragma once
#include <stdint.h>

// The engine's own vector kernels: convolutions, fused element-wise programs with reductions, keyed noise and strided copies.
//
// They are C because Swift's vectoriser stops at Float.squareRoot (a call to libm for errno) and cannot choose an instruction
// set for one function: scale, shift and LeakyReLU on data in the second-level cache run at 29 Gelement/s from C with AVX-512 and
// at about 5 from Swift's baseline SSE2. Every function exists for AVX2 and for AVX-512; the caller's numeric class chooses,
// never the machine. Both give the same bits: multiply-adds are fused only where written so, and sums run over sixteen lanes
// in both.

/// Elements that a program works on at a time: the tiles of a program fit into the first-level cache.
#define TRIBUTARY_TILE 1024

typedef enum {
    TRIBUTARY_AVX2 = 1,
    TRIBUTARY_AVX512 = 2,
} tributary_instruction_set;

typedef enum {
    TRIBUTARY_ADD,
    TRIBUTARY_SUBTRACT,
    TRIBUTARY_MULTIPLY,
    TRIBUTARY_DIVIDE,
    TRIBUTARY_ADD_NUMBER,               // first + number
    TRIBUTARY_SUBTRACT_FROM_NUMBER,     // number - first
    TRIBUTARY_MULTIPLY_NUMBER,          // first * number
    TRIBUTARY_DIVIDE_NUMBER,            // number / first
    TRIBUTARY_MULTIPLY_ADD,             // first * second + third, rounded once; so are the next three
    TRIBUTARY_MULTIPLY_SUBTRACT,        // first * second - third
    TRIBUTARY_SUBTRACT_PRODUCT,         // third - first * second
    TRIBUTARY_MULTIPLY_NUMBER_ADD,      // first * number + third
    TRIBUTARY_FILL,                     // number
    TRIBUTARY_NEGATE,
    TRIBUTARY_EXPONENTIAL,
    TRIBUTARY_LOGARITHM,
    TRIBUTARY_SQUARE_ROOT,
    TRIBUTARY_TANH,
    TRIBUTARY_SIGMOID,
    TRIBUTARY_SOFTPLUS,
    TRIBUTARY_LEAKY_RELU,               // first > 0 ? first : number * first
    TRIBUTARY_LEAKY_RELU_SLOPE,         // first > 0 ? 1 : number
    TRIBUTARY_LEAKY_RELU_GRADIENT,      // first > 0 ? second : number * second
    TRIBUTARY_BFLOAT16,                 // the nearest number with 8 significant bits, ties to even
} tributary_code;

/// One instruction: registers hold a tile each. Registers 0 ..< operand_count are the operands.
typedef struct {
    uint16_t code;
    uint16_t result;
    uint16_t first;
    uint16_t second;
    uint16_t third;
    float number;
} tributary_instruction;

/// An operand: where it begins and how far apart its elements lie along the four axes of the program's loop, in elements;
/// 0 where it is stretched. `chunk_stride` is how far the next chunk lies. Elements are floats, or the upper halves of floats.
typedef struct {
    const void *base;
    int64_t strides[4];
    int64_t chunk_stride;
    uint8_t is_half;
} tributary_operand;

/// A result: a register stored element by element, or summed along the axes where `strides` is 0; a sum may run on from chunk
/// to chunk. `count` elements belong to a chunk. Sums are floats; other results may be the upper halves of floats.
typedef struct {
    void *base;
    int64_t strides[4];
    int64_t chunk_stride;
    int64_t count;
    uint16_t source;
    uint8_t sums;
    uint8_t runs_on;
    uint8_t is_half;
} tributary_store;

/// Compiled instructions: reads and writes elements (their number doubled, a multiple of 32) at each of the pointers, operands
/// first, then results, to which sums are added. Where a loop is columnar, a stretched operand and a sum have one row.
typedef void (*tributary_machine_code)(void *const *pointers, int64_t doubled_count);

/// A fused loop over `extents`, outermost first.
typedef struct {
    int64_t extents[4];
    int32_t operand_count;
    int32_t instruction_count;
    int32_t store_count;
    int32_t register_count;
    const tributary_operand *operands;
    const tributary_instruction *instructions;
    const tributary_store *stores;
    /// (register_count + store_count) tiles.
    float *workspace;
    /// NULL where the program is interpreted.
    tributary_machine_code code;
} tributary_program;

#define TRIBUTARY_MOST_REGISTERS 96
#define TRIBUTARY_MOST_STORES 8

typedef enum {
    TRIBUTARY_NORMAL,
    TRIBUTARY_UNIFORM,
    TRIBUTARY_BERNOULLI,
} tributary_distribution;

/// The address of one example's random numbers, as in the Swift type RandomStream.
typedef struct {
    uint64_t seed;
    uint32_t pass;
    uint32_t example;
    uint16_t operator_number;
    uint16_t sample;
} tributary_stream;

/// Runs a fused program on one chunk of its examples; sums that run on begin with the first one.
void tributary_run_program(
    tributary_instruction_set set, const tributary_program *program, int64_t chunk, int is_first);

/// Makes machine code for a program, or NULL where only the interpreter can run it. Both give the same bits.
tributary_machine_code tributary_compile(tributary_instruction_set set, const tributary_program *program);
void tributary_release_code(tributary_machine_code code);

/// Windows of (window, window, channels) numbers for each pixel of (height, width), `columns` >= window² channels apart, to be
/// added up in images (result_height, result_width, channels) whose border of `padding` is cut.
typedef struct {
    int64_t height, width, columns;
    int64_t window, channels, stride, padding;
    int64_t result_height, result_width;
} tributary_columns;

/// Adds the windows of some images; `row` has room for ((width - 1) stride + window) channels + 16 floats, `products` may be
/// read 16 floats beyond its end. window · channels is at most 16, and the cut row must fit.
void tributary_add_columns(
    tributary_instruction_set set, const tributary_columns *columns, int64_t images, const float *products, float *row,
    float *result);

/// Floats that vector instructions work on at once, or seem to.
#define TRIBUTARY_LANES 16

/// The gradient of a convolution's weight from images x (height, width, channels) and the gradient of its results y.
///
/// Sums lie as (window height, window width, channels of x, channels of y), the last filled up to whole vectors, or with x and y
/// exchanged where `vectors_are_inputs`. `rows` of y are summed from 0 before they are added, `padding` is before the image.
typedef struct {
    int64_t x_extents[3];
    int64_t y_extents[3];
    int64_t window[2], stride[2], padding[2];
    int64_t rows;
    int64_t vectors_are_inputs;
} tributary_weight_gradient;

/// Adds what some images give. Up to fifteen floats after the images may be read.
///
/// Where `kept` is not NULL, it has a number for each image and each channel of x, or of y where `vectors_are_inputs`; those whose number
/// is 0 are zero in the whole image, and left out. `scratch` has room for `tributary_weight_gradient_scratch` bytes.
void tributary_add_weight_gradient(
    tributary_instruction_set set, const tributary_weight_gradient *gradient, int64_t images, const float *x,
    const float *y, const float *kept, void *scratch, float *sums);

/// The same for images of bfloat16 numbers, which needs AVX-512 with products of them.
void tributary_add_weight_gradient_of_halves(
    const tributary_weight_gradient *gradient, int64_t images, const uint16_t *x, const uint16_t *y, const float *kept,
    void *scratch, float *sums);
int64_t tributary_weight_gradient_scratch(const tributary_weight_gradient *gradient, int is_half);

/// A convolution of images x (height, width, channels), or its gradient, which makes x from the gradient of its results y, with
/// fewer products than the plain sum. The window is square, the stride the same along both axes, and `padding` is before the image. Up to
/// fifteen floats after the images may be read, and written as they are.
typedef struct {
    int64_t x_extents[3];
    int64_t y_extents[3];
    int64_t window, stride, padding[2];
    int64_t is_gradient;
} tributary_winograd;

/// Whether there is such a kernel.
int tributary_has_winograd(int64_t window, int64_t stride);
/// Packs a weight that lies as (window, window, channels of what is read, channels of what is made), of which fifteen more may be
/// read, into `tributary_winograd_packed` bytes.
void tributary_winograd_pack(
    tributary_instruction_set set, const tributary_winograd *convolution, const float *weight, void *packed);
/// Reads some images of floats and makes as many; `scratch` has room for `tributary_winograd_scratch` bytes. Where `kept` is not NULL, it
/// has a number for each image and channel that is read; those whose number is 0 are zero in the whole image, and left out.
void tributary_winograd_run(
    tributary_instruction_set set, const tributary_winograd *convolution, int64_t images, const void *source,
    const float *kept, const void *packed, void *scratch, void *target);
int64_t tributary_winograd_packed(const tributary_winograd *convolution);
int64_t tributary_winograd_scratch(const tributary_winograd *convolution);

/// A convolution of images x (height, width, channels) whose number of channels is small; that of the results y is a multiple of
/// `TRIBUTARY_LANES`. `padding` is before the image; windows may reach beyond its end. Images and results are floats, or
/// bfloat16 numbers, which needs AVX-512 with products of them.
typedef struct {
    int64_t x_extents[3];
    int64_t y_extents[3];
    int64_t window[2], stride[2], padding[2];
    int64_t is_half;
} tributary_narrow;

/// Packs a weight that lies as (window height, window width, channels of x, channels of y): as many floats, or rounded, and then
/// four bytes for each pair of a row of the window, which is filled up to an even count.
void tributary_narrow_pack(
    tributary_instruction_set set, const tributary_narrow *convolution, const float *weight, void *packed);
/// `scratch` has room for `tributary_narrow_scratch` bytes.
void tributary_narrow_convolution(
    tributary_instruction_set set, const tributary_narrow *convolution, int64_t images, const void *x,
    const void *packed, void *scratch, void *y);
int64_t tributary_narrow_scratch(const tributary_narrow *convolution);

/// A convolution of bfloat16 images x (height, width, channels), or its gradient, which makes x from the gradient of its results y,
/// for images some of whose channels are zero as a whole, or are not needed. The number of channels that are made is a multiple of
/// `TRIBUTARY_LANES`; `padding` is before the image. Needs AVX-512 with products of bfloat16 numbers.
typedef struct {
    int64_t x_extents[3];
    int64_t y_extents[3];
    int64_t window[2], stride[2], padding[2];
    int64_t is_gradient;
} tributary_selective;

/// Rounds and packs a weight that lies as (window height, window width, channels of what is read, channels of what is made) into
/// `tributary_selective_packed` bytes.
void tributary_selective_pack(const tributary_selective *convolution, const float *weight, uint16_t *packed);
/// `kept` has a number for each image and channel that is read, and those whose number is 0 are not read; `needed` has one for each that is
/// made, and those whose number is 0 become zero. NULL leaves nothing out. `scratch`, which begins with a line of the cache, has room for
/// `tributary_selective_scratch` bytes.
void tributary_selective_run(
    const tributary_selective *convolution, int64_t images, const uint16_t *source, const float *kept, const float *needed,
    const uint16_t *packed, void *scratch, uint16_t *target);
int64_t tributary_selective_packed(const tributary_selective *convolution);
int64_t tributary_selective_scratch(const tributary_selective *convolution);

/// A product of matrices (rows, depth) and (depth, columns), the first of which has many zeros; `columns` is a multiple of
/// `TRIBUTARY_LANES`. What is transposed lies with its axes exchanged. Both are of floats or of bfloat16 numbers, the result of floats.
typedef struct {
    int64_t rows, depth, columns;
    int64_t first_is_transposed, second_is_transposed, result_is_transposed;
    int64_t is_half;
} tributary_sparse_product;

/// Finds which numbers of the first matrix are not zero, notes them in `scratch`, which begins with a line of the cache
/// and has `tributary_sparse_product_scratch` bytes, and returns how many they are. Up to fifteen numbers after the matrix may be read.
int64_t tributary_find_nonzeros(
    tributary_instruction_set set, const tributary_sparse_product *product, const void *first, void *scratch);
/// Multiplies those that were found. Up to fifteen numbers after a second matrix of bfloat16 numbers may be read.
void tributary_multiply_nonzeros(
    tributary_instruction_set set, const tributary_sparse_product *product, const void *first, const void *second,
    void *scratch, float *result);
int64_t tributary_sparse_product_scratch(const tributary_sparse_product *product);

/// Memory that has a part for each chunk of examples: where the first lies, and the bytes of each.
typedef struct {
    const void *first;
    int64_t bytes;
} tributary_parts;

/// Products of convolutions and of their weights' gradients, and what they prefetched.
typedef struct {
    int64_t products, bytes;
} tributary_prefetched;

/// Lets the products that the calling thread computes from now on prefetch one chunk's parts of `count` memories, spread over so many
/// products, so that they are in the cache when the next steps read or write them. The list is lent until the end.
void tributary_begin_prefetch(const tributary_parts *memories, int64_t count, int64_t chunk, int64_t products);
/// Returns what there was since the beginning.
tributary_prefetched tributary_end_prefetch(void);

/// Lines of the cache, `step` bytes after one another; without a step always the same one.
typedef struct {
    const char *next;
    int64_t step;
} tributary_lines;

/// What one product prefetches, which has room for so many lines: none until as many are due.
tributary_lines tributary_lines_of_product(int64_t most);

/// Writes `count` numbers of a stream; `probability` is Bernoulli's.
void tributary_fill_noise(
    tributary_instruction_set set, tributary_distribution distribution, const tributary_stream *stream,
    float probability, int64_t count, float *result);

/// Copies `extents` elements, of four bytes or of two, between two strided places.
void tributary_copy(
    tributary_instruction_set set, const int64_t extents[4], const void *source, const int64_t source_strides[4], void *target,
    const int64_t target_strides[4], int is_half);

/// The nearest bfloat16 number to each of `count` floats, ties to even.
void tributary_round_to_halves(tributary_instruction_set set, int64_t count, const float *source, uint16_t *target);

/// Sets flush-to-zero and denormals-are-zero for the calling thread.
void tributary_flush_denormals(void);
