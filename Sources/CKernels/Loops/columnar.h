// Loops over rows of a few vectors, as over pixels of images with their channels last: what is stretched over the rows, such as a
// scale for each channel, and sums over them can stay in registers while a vector's rows go by.

#pragma once
#include "CKernels.h"

// Wider rows would not leave enough of them in the first-level cache.
enum { WIDEST_COLUMNAR = 256 };

// Whether the sums of a program are added up row after row in each block. It depends on the program's shape alone, so that machine code and
// interpreter, of any instruction set, give the same bits.
static inline int is_columnar(const tributary_program *p) {
    int64_t columns = p->extents[3];
    if (columns % TRIBUTARY_LANES != 0 || columns > WIDEST_COLUMNAR || p->extents[2] < 2) return 0;
    for (int i = 0; i < p->operand_count; i++) {
        const int64_t *strides = p->operands[i].strides;
        int is_stretched = strides[2] == 0 && (strides[3] == 0 || strides[3] == 1);
        if (!is_stretched && (strides[3] != 1 || strides[2] != columns)) return 0;
    }
    for (int i = 0; i < p->store_count; i++) {
        const int64_t *strides = p->stores[i].strides;
        if (strides[3] != 1 || strides[2] != (p->stores[i].sums ? 0 : columns)) return 0;
    }
    return 1;
}
