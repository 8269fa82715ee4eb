#pragma once
#include <stddef.h>
#include <stdint.h>

// The whole of oneDNN that Tributary uses: convolutions, matrix products and the reorders between their layouts, of
// float32 and bfloat16, one thread, memory and scratch owned by the caller. Versions 2 and 3 of the library differ behind this header only.

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    TRIBUTARY_FLOAT32 = 0,
    TRIBUTARY_BFLOAT16_ELEMENTS = 1,
} tributary_element;

/// A tensor in memory: extents and distances between neighbours along each axis, in elements.
typedef struct {
    tributary_element element;
    int32_t rank;
    int64_t extents[4];
    int64_t strides[4];
} tributary_layout;

/// Which way a convolution is computed.
typedef enum {
    TRIBUTARY_FORWARD = 0,   // (x, weight) -> y
    TRIBUTARY_DATA = 1,      // (y, weight) -> x
} tributary_direction;

/// The memory of a kernel.
typedef enum {
    TRIBUTARY_FIRST = 0,
    TRIBUTARY_SECOND = 1,
    TRIBUTARY_RESULT = 2,
    TRIBUTARY_SCRATCH = 3,
} tributary_slot;

/// The window of a convolution, vertical then horizontal.
typedef struct {
    int64_t stride[2];
    int64_t padding_before[2];
    int64_t padding_after[2];
} tributary_window;

typedef struct tributary_kernel tributary_kernel;

/// The library's version times 10,000, 100 and 1, e.g. 20603.
int tributary_onednn_version(void);

/// Caps the instruction set for the whole process; before any kernel is made.
/// Caps: 0 none, 1 AVX2, 2 AVX-512 core, 3 AVX-512 core with bfloat16. Returns 0, or oneDNN's status.
int tributary_onednn_set_up(int cap);

/// Makes OpenMP use one thread for what the calling thread makes and runs; the setting belongs to each thread.
void tributary_onednn_pin_thread(void);

/// The instruction set in force, as a cap; 0 is less than AVX2.
int tributary_onednn_instruction_set(void);

/// A convolution on channels-last images; the weight lies in a packed layout of the library's choice.
/// x (B, I, H, W), weight (O, I, h, w) and y (B, O, H', W') give extents; operands and result have one type of element each.
/// NULL and a status where it cannot be made.
tributary_kernel *tributary_convolution(
    tributary_direction direction, const int64_t x[4], const int64_t weight[4], const int64_t y[4],
    const tributary_window *window, tributary_element operands, tributary_element result, int *status);

/// A matrix product, first (m, k) times second (k, n), of the elements that the layouts say; with `packs_second` the second lies in a packed layout.
tributary_kernel *tributary_matrix_product(
    const tributary_layout *first, const tributary_layout *second, const tributary_layout *result, int packs_second,
    int *status);

/// A copy of a plain layout into the packed one of another kernel's second operand.
tributary_kernel *tributary_packing(
    const tributary_layout *plain, const tributary_kernel *owner, int *status);

/// The size of a slot's memory in bytes.
size_t tributary_kernel_bytes(const tributary_kernel *kernel, tributary_slot slot);

/// Says where a slot's memory is. Returns 0, or oneDNN's status.
int tributary_kernel_bind(tributary_kernel *kernel, tributary_slot slot, void *memory);

/// Computes. Returns 0, or oneDNN's status.
int tributary_kernel_run(tributary_kernel *kernel);

/// The library's name for the implementation it chose.
const char *tributary_kernel_name(const tributary_kernel *kernel);

void tributary_kernel_destroy(tributary_kernel *kernel);

#ifdef __cplusplus
}
#endif
