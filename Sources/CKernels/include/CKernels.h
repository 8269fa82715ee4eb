#pragma once
#include <stdint.h>

// The engine's own vector kernels: fused element-wise programs with reductions, keyed noise and strided copies.
//
// They are C because Swift's vectoriser stops at Float.squareRoot (a call to libm for errno) and cannot choose an instruction
// set for one function: scale, shift and LeakyReLU on data in the second-level cache run at 29 Gelement/s from C with AVX-512 and
// at about 5 from Swift's baseline SSE2. Every function exists for AVX2 and for AVX-512; the caller's numeric class chooses,
// never the machine. Both give the same bits: multiply-adds are fused only where written so, and sums run over sixteen lanes
// in both.

/// Elements that a program works on at a time: a few such tiles fit into the first-level cache.
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
    TRIBUTARY_ADD_NUMBER,               // left + number
    TRIBUTARY_SUBTRACT_FROM_NUMBER,     // number - left
    TRIBUTARY_MULTIPLY_NUMBER,          // left * number
    TRIBUTARY_DIVIDE_NUMBER,            // number / left
    TRIBUTARY_FILL,                     // number
    TRIBUTARY_NEGATE,
    TRIBUTARY_EXPONENTIAL,
    TRIBUTARY_LOGARITHM,
    TRIBUTARY_SQUARE_ROOT,
    TRIBUTARY_TANH,
    TRIBUTARY_SIGMOID,
    TRIBUTARY_SOFTPLUS,
    TRIBUTARY_LEAKY_RELU,               // left > 0 ? left : number * left
    TRIBUTARY_LEAKY_RELU_SLOPE,         // left > 0 ? 1 : number
} tributary_code;

/// One instruction: registers hold a tile each. Registers 0 ..< operand_count are the operands.
typedef struct {
    uint16_t code;
    uint16_t result;
    uint16_t left;
    uint16_t right;
    float number;
} tributary_instruction;

/// An operand: where it begins and how far apart its elements lie along the four axes of the program's loop, in elements;
/// 0 where it is stretched.
typedef struct {
    const float *base;
    int64_t strides[4];
} tributary_operand;

/// A result: a register stored element by element, or summed along the axes where `strides` is 0.
typedef struct {
    float *base;
    int64_t strides[4];
    int64_t count;
    uint16_t source;
    uint16_t sums;
} tributary_store;

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

/// Runs a fused program.
void tributary_run_program(tributary_instruction_set set, const tributary_program *program);

/// Writes `count` numbers of a stream; `probability` is Bernoulli's.
void tributary_fill_noise(
    tributary_instruction_set set, tributary_distribution distribution, const tributary_stream *stream,
    float probability, int64_t count, float *result);

/// Copies `extents` elements between two strided places.
void tributary_copy(
    const int64_t extents[4], const float *source, const int64_t source_strides[4], float *target,
    const int64_t target_strides[4]);

/// Sets flush-to-zero and denormals-are-zero for the calling thread.
void tributary_flush_denormals(void);
