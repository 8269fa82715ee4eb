#define NAME(function) function##_avx2
// Without AVX-512 its vectors are passed otherwise than with it. Here they are passed within this file only.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma,popcnt"))), apply_to = function)
// Sums that fill the sixteen registers, two for sixteen lanes.
#define EACH_BLOCK(DO) DO(1, 6) DO(1, 5) DO(1, 4) DO(1, 3) DO(1, 2) DO(1, 1)
#include "functions.inc"
#include "program.inc"
#include "columns.inc"
#include "copy.inc"
#include "noise.inc"
#include "weights.inc"
#define PRODUCT_VECTORS 1
#define PRODUCT_ROWS 6
#define SUM_NOW(total)
#define EACH_PRODUCT(DO) DO(1, 1) DO(1, 2) DO(1, 3) DO(1, 4) DO(1, 5) DO(1, 6)
#include "float_products.inc"
#include "winograd_kinds.inc"
#include "narrow.inc"
#define EACH_SPARSE_PANEL(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)
#include "sparse_products.inc"
#pragma clang attribute pop
