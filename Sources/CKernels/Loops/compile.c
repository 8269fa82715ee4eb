// Machine code for fused programs, AVX-512: values stay in registers from the first operand to the last result.
//
// The interpreter writes and reads every intermediate value: scale, shift, LeakyReLU and a mask run at 7 Gelement/s in it, and
// at 20 and more from here. The code does operation by operation what the interpreter does, so both give the same bits, and
// whatever this file does not know (some elementary functions, sums to changing places) is left to the interpreter.

#include "CKernels.h"
#include "columnar.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE = 4096, CONSTANTS = 3072, MOST_POINTERS = 13, SCRATCH = 30, ZERO = 31 };
enum { MOST_VECTORS = 4, MOST_INSTRUCTIONS = 96 };

// Registers that hold pointers; rdi, which brings them, is filled last.
static const uint8_t pointer_registers[MOST_POINTERS] = {1, 2, 8, 9, 10, 11, 3, 5, 12, 13, 14, 15, 7};
enum { RAX = 0, RSI = 6, RDI = 7 };

typedef struct {
    uint8_t *bytes;
    size_t length;
    uint32_t constants[(PAGE - CONSTANTS) / 4];
    size_t constant_count;
    // Whether the processor rounds to bfloat16 itself, and the registers that hold sixteen such numbers instead of floats.
    int rounds;
    uint32_t packed;
    // The first register that is free within an instruction.
    int temporaries;
    // How many vectors beyond the pointers operands in memory lie.
    int distance;
} assembly;

static void byte(assembly *a, int value) {
    if (a->length < CONSTANTS) a->bytes[a->length] = (uint8_t)value;
    a->length++;
}

static void word(assembly *a, int32_t value) {
    for (int i = 0; i < 4; i++) byte(a, (value >> (8 * i)) & 255);
}

// Where an instruction's last operand is: a vector register, memory at pointer + 2 rax (floats) or pointer + rax (halves), or a
// constant repeated in all lanes.
typedef struct {
    enum { VECTOR, FLOATS, HALVES, CONSTANT } kind;
    int number;
} place;

static place vector(int number) { return (place){VECTOR, number}; }
static place floats(int pointer) { return (place){FLOATS, pointer_registers[pointer]}; }
static place halves(int pointer) { return (place){HALVES, pointer_registers[pointer]}; }

static place constant_bits(assembly *a, uint32_t bits) {
    size_t i = 0;
    while (i < a->constant_count && a->constants[i] != bits) i++;
    if (i == a->constant_count && i < sizeof a->constants / sizeof *a->constants) a->constants[a->constant_count++] = bits;
    return (place){CONSTANT, CONSTANTS + 4 * (int)i};
}

static place constant(assembly *a, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return constant_bits(a, bits);
}

typedef enum { MAP_0F = 1, MAP_0F38 = 2, MAP_0F3A = 3 } opcode_map;
typedef enum { PREFIX_NONE = 0, PREFIX_66 = 1, PREFIX_F3 = 2 } opcode_prefix;

// An instruction in EVEX encoding on 512 bits: Intel's manual, volume 2, section 2.7. `reg` is written, `left` the first of two
// sources (0 where there is one), `mask` a mask register or 0. `immediate` is -1 where there is none.
static void evex(
    assembly *a, opcode_map map, opcode_prefix prefix, int opcode, int reg, int left, place last, int mask, int immediate) {
    int x = last.kind == VECTOR ? (last.number >> 4) & 1 : 0;
    int b = last.kind == CONSTANT ? 0 : (last.number >> 3) & 1;
    byte(a, 0x62);
    byte(a, (!((reg >> 3) & 1)) << 7 | (!x) << 6 | (!b) << 5 | (!((reg >> 4) & 1)) << 4 | map);
    byte(a, (~left & 15) << 3 | 4 | prefix);
    byte(a, 2 << 5 | (last.kind == CONSTANT) << 4 | (!((left >> 4) & 1)) << 3 | mask);
    byte(a, opcode);
    if (last.kind == VECTOR) {
        byte(a, 3 << 6 | (reg & 7) << 3 | (last.number & 7));
    } else if (last.kind == FLOATS || last.kind == HALVES) {
        // With a displacement even where it is 0, since some pointers cannot go without. The processor multiplies it by the operand's
        // bytes, 64, or 32 of halves; it would not where the operand is repeated.
        byte(a, 1 << 6 | (reg & 7) << 3 | 4);
        byte(a, (last.kind == FLOATS) << 6 | RAX << 3 | (last.number & 7));
        byte(a, a->distance);
    } else {
        byte(a, (reg & 7) << 3 | 5);
        word(a, last.number - (int32_t)(a->length + 4 + (immediate >= 0)));
    }
    if (immediate >= 0) byte(a, immediate);
}

static void arithmetic(assembly *a, int opcode, int result, int left, place right) {
    evex(a, MAP_0F, PREFIX_NONE, opcode, result, left, right, 0, -1);
}

enum {
    ADD = 0x58, MULTIPLY = 0x59, SUBTRACT = 0x5C, DIVIDE = 0x5E, SQUARE_ROOT = 0x51, EXCLUSIVE_OR = 0x57, OR = 0x56,
    LARGER = 0x5F,
};

static void move(assembly *a, int result, place source) { evex(a, MAP_0F, PREFIX_NONE, 0x10, result, 0, source, 0, -1); }
static void store(assembly *a, place target, int source) { evex(a, MAP_0F, PREFIX_NONE, 0x11, source, 0, target, 0, -1); }
static void broadcast(assembly *a, int result, float value, int mask) {
    place number = constant(a, value);
    // The one instruction here that repeats its operand by itself.
    number.kind = CONSTANT;
    size_t start = a->length;
    evex(a, MAP_0F38, PREFIX_66, 0x18, result, 0, number, mask, -1);
    if (start + 3 < CONSTANTS) a->bytes[start + 3] &= (uint8_t)~(1 << 4);
}

// result = ±(left * result) ± last
static void multiply_add(assembly *a, int opcode, int result, int left, place last) {
    evex(a, MAP_0F38, PREFIX_66, opcode, result, left, last, 0, -1);
}

enum { SHIFT = 0x72, AND = 0xDB, ADD_INTEGERS = 0xFE, SHIFT_LEFT = 6, SHIFT_RIGHT = 2 };

static void shift(assembly *a, int direction, int result, int source, int count) {
    evex(a, MAP_0F, PREFIX_66, SHIFT, direction, result, vector(source), 0, count);
}

static void integers(assembly *a, int opcode, int result, int left, place right) {
    evex(a, MAP_0F, PREFIX_66, opcode, result, left, right, 0, -1);
}

static void load_halves(assembly *a, int result, place source) {
    evex(a, MAP_0F38, PREFIX_66, 0x33, result, 0, source, 0, -1);
    shift(a, SHIFT_LEFT, result, result, 16);
}

static void store_halves(assembly *a, place target, int source) {
    if (a->packed >> source & 1) {
        // On 256 bits.
        size_t start = a->length;
        store(a, target, source);
        if (start + 3 < CONSTANTS) a->bytes[start + 3] ^= 3 << 5;
        return;
    }
    shift(a, SHIFT_RIGHT, SCRATCH, source, 16);
    evex(a, MAP_0F38, PREFIX_F3, 0x33, SCRATCH, 0, target, 0, -1);
}

// Whether nothing reads an instruction's result but stores of halves. What is stored keeps its register to the end.
static int is_only_stored(const tributary_program *p, int index) {
    int result = p->instructions[index].result;
    for (int i = index + 1; i < p->instruction_count; i++) {
        const tributary_instruction *next = &p->instructions[i];
        if (next->first == result || next->second == result || next->third == result) return 0;
    }
    for (int s = 0; s < p->store_count; s++)
        if (p->stores[s].source == result && (p->stores[s].sums || !p->stores[s].is_half)) return 0;
    return 1;
}

// To the nearest bfloat16 number, ties to even.
static void round_to_halves(assembly *a, int result, int source, int stays_packed) {
    if (!a->rounds) {
        shift(a, SHIFT_RIGHT, SCRATCH, source, 16);
        integers(a, AND, SCRATCH, SCRATCH, constant_bits(a, 1));
        integers(a, ADD_INTEGERS, SCRATCH, SCRATCH, vector(source));
        integers(a, ADD_INTEGERS, SCRATCH, SCRATCH, constant_bits(a, 0x7FFF));
        integers(a, AND, result, SCRATCH, constant_bits(a, 0xFFFF0000));
        return;
    }
    evex(a, MAP_0F38, PREFIX_F3, 0x72, result, 0, vector(source), 0, -1);
    if (stays_packed) {
        a->packed |= 1u << result;
        return;
    }
    load_halves(a, result, vector(result));
}

enum { LESS = 0x11, NOT_GREATER = 0x1A };

// k1 = lanes in which a comparison holds.
static void compare(assembly *a, int value, int condition, place with) {
    evex(a, MAP_0F, PREFIX_NONE, 0xC2, 1, value, with, 0, condition);
}

// The functions of functions.inc, operation by operation.

// result = ((c0 r + c1) r + c2) r + ...
static void polynomial(assembly *a, int result, int r, const float *coefficients, int count) {
    broadcast(a, result, coefficients[0], 0);
    for (int i = 1; i < count; i++) multiply_add(a, 0xA8, result, r, constant(a, coefficients[i]));
}

// e^-|x|, decay(|x|), in two registers more.
static void decay_of_size(assembly *a, int result, int x, int r, int n) {
    static const float series[] = {
        1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};
    arithmetic(a, OR, r, x, constant(a, -0.0f));
    compare(a, r, LESS, constant(a, -87.33654f));
    broadcast(a, n, -87.33654f, 0);
    // A NaN is its second operand.
    arithmetic(a, LARGER, r, n, vector(r));
    arithmetic(a, MULTIPLY, n, r, constant(a, 1.44269504f));
    evex(a, MAP_0F3A, PREFIX_66, 0x08, n, 0, vector(n), 0, 4);  // the nearest whole number
    multiply_add(a, 0xB8, r, n, constant(a, -0.693359375f));
    multiply_add(a, 0xB8, r, n, constant(a, 2.12194440e-4f));
    polynomial(a, result, r, series, 6);
    arithmetic(a, MULTIPLY, SCRATCH, r, vector(r));
    multiply_add(a, 0xA8, result, SCRATCH, vector(r));
    arithmetic(a, ADD, result, result, constant(a, 1.0f));
    evex(a, MAP_0F, PREFIX_F3, 0x5B, n, 0, vector(n), 0, -1);  // as an integer
    integers(a, ADD_INTEGERS, n, n, constant_bits(a, 127));
    shift(a, SHIFT_LEFT, n, n, 23);
    arithmetic(a, MULTIPLY, result, result, vector(n));
    evex(a, MAP_0F, PREFIX_NONE, 0x10, result, 0, vector(ZERO), 1, -1);
}

static void sigmoid(assembly *a, int result, int x) {
    int u = a->temporaries, t = u + 1;
    decay_of_size(a, u, x, t, result);
    arithmetic(a, ADD, t, u, constant(a, 1.0f));
    broadcast(a, result, 1.0f, 0);
    arithmetic(a, DIVIDE, result, result, vector(t));
    compare(a, x, LESS, vector(ZERO));
    evex(a, MAP_0F, PREFIX_NONE, MULTIPLY, result, u, vector(result), 1, -1);
}

static int instruct(assembly *a, const tributary_program *p, int index) {
    const tributary_instruction *i = &p->instructions[index];
    int result = i->result, first = i->first;
    place second = vector(i->second), third = vector(i->third);
    switch ((tributary_code)i->code) {
    case TRIBUTARY_ADD: arithmetic(a, ADD, result, first, second); break;
    case TRIBUTARY_SUBTRACT: arithmetic(a, SUBTRACT, result, first, second); break;
    case TRIBUTARY_MULTIPLY: arithmetic(a, MULTIPLY, result, first, second); break;
    case TRIBUTARY_DIVIDE: arithmetic(a, DIVIDE, result, first, second); break;
    case TRIBUTARY_ADD_NUMBER: arithmetic(a, ADD, result, first, constant(a, i->number)); break;
    case TRIBUTARY_MULTIPLY_NUMBER: arithmetic(a, MULTIPLY, result, first, constant(a, i->number)); break;
    case TRIBUTARY_SUBTRACT_FROM_NUMBER:
        broadcast(a, SCRATCH, i->number, 0);
        arithmetic(a, SUBTRACT, result, SCRATCH, vector(first));
        break;
    case TRIBUTARY_DIVIDE_NUMBER:
        broadcast(a, SCRATCH, i->number, 0);
        arithmetic(a, DIVIDE, result, SCRATCH, vector(first));
        break;
    case TRIBUTARY_MULTIPLY_ADD:
        move(a, result, vector(first));
        multiply_add(a, 0xA8, result, i->second, third);
        break;
    case TRIBUTARY_MULTIPLY_SUBTRACT:
        move(a, result, vector(first));
        multiply_add(a, 0xAA, result, i->second, third);
        break;
    case TRIBUTARY_SUBTRACT_PRODUCT:
        move(a, result, vector(first));
        multiply_add(a, 0xAC, result, i->second, third);
        break;
    case TRIBUTARY_MULTIPLY_NUMBER_ADD:
        move(a, result, third);
        multiply_add(a, 0xB8, result, first, constant(a, i->number));
        break;
    case TRIBUTARY_FILL: broadcast(a, result, i->number, 0); break;
    case TRIBUTARY_NEGATE: arithmetic(a, EXCLUSIVE_OR, result, first, constant(a, -0.0f)); break;
    case TRIBUTARY_SQUARE_ROOT: arithmetic(a, SQUARE_ROOT, result, 0, vector(first)); break;
    case TRIBUTARY_LEAKY_RELU:
        compare(a, first, NOT_GREATER, vector(ZERO));
        move(a, result, vector(first));
        evex(a, MAP_0F, PREFIX_NONE, MULTIPLY, result, first, constant(a, i->number), 1, -1);
        break;
    case TRIBUTARY_LEAKY_RELU_GRADIENT:
        compare(a, first, NOT_GREATER, vector(ZERO));
        move(a, result, second);
        evex(a, MAP_0F, PREFIX_NONE, MULTIPLY, result, i->second, constant(a, i->number), 1, -1);
        break;
    case TRIBUTARY_LEAKY_RELU_SLOPE:
        compare(a, first, NOT_GREATER, vector(ZERO));
        broadcast(a, result, 1.0f, 0);
        broadcast(a, result, i->number, 1);
        break;
    case TRIBUTARY_SIGMOID:
        if (a->temporaries + 2 > SCRATCH) return 0;
        sigmoid(a, result, first);
        break;
    case TRIBUTARY_BFLOAT16: round_to_halves(a, result, first, is_only_stored(p, index)); break;
    default: return 0;
    }
    return 1;
}

static void push_or_pop(assembly *a, int opcode, int reg) {
    if (reg > 7) byte(a, 0x41);
    byte(a, opcode + (reg & 7));
}

static int is_saved(int reg) { return reg == 3 || reg == 5 || reg >= 12; }

// mov reg, [rdi + 8 * index]
static void load_pointer(assembly *a, int index) {
    int reg = pointer_registers[index];
    byte(a, 0x48 | (reg > 7) << 2);
    byte(a, 0x8B);
    byte(a, 2 << 6 | (reg & 7) << 3 | RDI);
    word(a, 8 * index);
}

// Asks for what is read or written a page further on: the processor's own prefetching ends with every page. Half as far, as far as the next
// block of halves, makes a step of face-128 in bfloat16 1.9 % slower, twice as far 0.9 %; not at all 6 %.
static void prefetch(assembly *a, place where, int is_written) {
    if (where.number > 7) byte(a, 0x41);
    byte(a, 0x0F), byte(a, is_written ? 0x0D : 0x18);
    byte(a, 2 << 6 | 1 << 3 | 4), byte(a, (where.kind == FLOATS) << 6 | RAX << 3 | (where.number & 7));
    word(a, PAGE + a->distance * TRIBUTARY_LANES * (where.kind == FLOATS ? 4 : 2));
}

static int is_streamed(const int64_t strides[4]) { return strides[2] != 0 && strides[3] == 1; }

static int is_dense(const tributary_program *p, const int64_t strides[4]) {
    return strides[3] == 1 && (strides[2] == p->extents[3] || p->extents[2] == 1);
}

static int load(assembly *a, const tributary_program *p, int i, int result) {
    const tributary_operand *operand = &p->operands[i];
    // What is repeated for each column has become floats.
    int is_half = operand->is_half && operand->strides[3] == 1;
    if (operand->is_half && !is_columnar(p) && !is_dense(p, operand->strides)) return 0;
    place source = is_half ? halves(i) : floats(i);
    if (is_streamed(operand->strides)) prefetch(a, source, 0);
    if (is_half) load_halves(a, result, source);
    else move(a, result, source);
    return 1;
}

static int save(assembly *a, const tributary_program *p, int i) {
    const tributary_store *result = &p->stores[i];
    int pointer = p->operand_count + i;
    if (result->sums) {
        if (result->strides[2] != 0) return 0;
        arithmetic(a, ADD, SCRATCH, result->source, floats(pointer));
        store(a, floats(pointer), SCRATCH);
        return 1;
    }
    place target = result->is_half ? halves(pointer) : floats(pointer);
    if (is_streamed(result->strides)) prefetch(a, target, 1);
    if (result->is_half) store_halves(a, target, result->source);
    else store(a, target, result->source);
    return 1;
}

// Ends a loop: goes on at `start` while rax, having grown, is below rsi or a number.
static void add_to_rax(assembly *a, int64_t step) { byte(a, 0x48), byte(a, 0x05), word(a, (int32_t)step); }
static void jump_if_below(assembly *a, size_t start) {
    byte(a, 0x0F), byte(a, 0x82), word(a, (int32_t)start - (int32_t)(a->length + 4));
}
static void compare_rax_with_rsi(assembly *a) { byte(a, 0x48), byte(a, 0x39), byte(a, 0xF0); }
static void compare_rax(assembly *a, int64_t value) { byte(a, 0x48), byte(a, 0x3D), word(a, (int32_t)value); }
static void subtract_rsi_from_rax(assembly *a) { byte(a, 0x48), byte(a, 0x29), byte(a, 0xF0); }

// All elements one after another.
static int assemble_elements(assembly *a, const tributary_program *p) {
    a->temporaries = p->register_count;
    size_t loop = a->length;
    for (int i = 0; i < p->operand_count; i++)
        if (!load(a, p, i, i)) return 0;
    for (int i = 0; i < p->instruction_count; i++)
        if (!instruct(a, p, i)) return 0;
    for (int i = 0; i < p->store_count; i++)
        if (!save(a, p, i)) return 0;
    add_to_rax(a, 2 * TRIBUTARY_LANES);
    compare_rax_with_rsi(a);
    jump_if_below(a, loop);
    return 1;
}

// A program for one of some vectors of columns beside each other, with registers of its own for what stays there while all rows go by.
typedef struct {
    tributary_program program;
    tributary_instruction instructions[MOST_INSTRUCTIONS];
    tributary_store stores[TRIBUTARY_MOST_STORES];
    // The registers of stretched operands and of sums.
    int operand[TRIBUTARY_MOST_REGISTERS], sum[TRIBUTARY_MOST_STORES];
} column_program;

// Registers from `*next` on are for the sums, and for stretched operands of all vectors but the first.
static column_program program_of_columns(const tributary_program *p, int vector, int *next) {
    column_program c = {.program = *p};
    int place[TRIBUTARY_MOST_REGISTERS];
    for (int r = 0; r < p->register_count; r++) place[r] = r;
    for (int i = 0; i < p->operand_count; i++) {
        if (vector > 0 && !is_streamed(p->operands[i].strides)) place[i] = (*next)++;
        c.operand[i] = place[i];
    }
    for (int i = 0; i < p->instruction_count; i++) {
        const tributary_instruction *old = &p->instructions[i];
        c.instructions[i] = (tributary_instruction){
            old->code, (uint16_t)place[old->result], (uint16_t)place[old->first], (uint16_t)place[old->second],
            (uint16_t)place[old->third], old->number};
    }
    for (int i = 0; i < p->store_count; i++) {
        c.stores[i] = p->stores[i];
        c.stores[i].source = (uint16_t)place[p->stores[i].source];
        if (p->stores[i].sums) c.sum[i] = (*next)++;
    }
    return c;
}

// For some vectors of columns all rows: stretched operands are read and sums written once for all of them.
static int assemble_columns(assembly *a, const tributary_program *p, int vectors) {
    column_program columns[MOST_VECTORS];
    int registers = p->register_count;
    for (int v = 0; v < vectors; v++) {
        columns[v] = program_of_columns(p, v, &registers);
        columns[v].program.instructions = columns[v].instructions;
        columns[v].program.stores = columns[v].stores;
    }
    if (registers > SCRATCH) return 0;
    a->temporaries = registers;
    size_t first_row = a->length;
    for (a->distance = 0; a->distance < vectors; a->distance++) {
        const column_program *c = &columns[a->distance];
        for (int i = 0; i < p->operand_count; i++)
            if (!is_streamed(p->operands[i].strides) && !load(a, p, i, c->operand[i])) return 0;
        for (int i = 0; i < p->store_count; i++)
            if (p->stores[i].sums) arithmetic(a, EXCLUSIVE_OR, c->sum[i], ZERO, vector(ZERO));
    }
    size_t rows = a->length;
    for (a->distance = 0; a->distance < vectors; a->distance++) {
        const column_program *c = &columns[a->distance];
        for (int i = 0; i < p->operand_count; i++)
            if (is_streamed(p->operands[i].strides) && !load(a, p, i, i)) return 0;
        a->packed = 0;
        for (int i = 0; i < p->instruction_count; i++)
            if (!instruct(a, &c->program, i)) return 0;
        for (int i = 0; i < p->store_count; i++) {
            if (c->stores[i].sums) arithmetic(a, ADD, c->sum[i], c->sum[i], vector(c->stores[i].source));
            else if (!save(a, &c->program, i)) return 0;
        }
    }
    add_to_rax(a, 2 * p->extents[3]);
    compare_rax_with_rsi(a);
    jump_if_below(a, rows);
    subtract_rsi_from_rax(a);
    for (a->distance = 0; a->distance < vectors; a->distance++)
        for (int i = 0; i < p->store_count; i++) {
            if (!p->stores[i].sums) continue;
            int sum = columns[a->distance].sum[i];
            place tile = floats(p->operand_count + i);
            arithmetic(a, ADD, sum, sum, tile);
            store(a, tile, sum);
        }
    a->distance = 0;
    add_to_rax(a, 2 * TRIBUTARY_LANES * vectors);
    compare_rax(a, 2 * p->extents[3]);
    jump_if_below(a, first_row);
    return 1;
}

// Code that works on so many vectors of columns at a time, if the program is columnar.
static int assemble(assembly *a, const tributary_program *p, int vectors) {
    int pointers = p->operand_count + p->store_count;
    if (pointers > MOST_POINTERS || p->register_count > SCRATCH || p->instruction_count > MOST_INSTRUCTIONS) return 0;
    for (int i = 0; i < pointers; i++)
        if (is_saved(pointer_registers[i])) push_or_pop(a, 0x50, pointer_registers[i]);
    for (int i = 0; i < pointers; i++) load_pointer(a, i);
    arithmetic(a, EXCLUSIVE_OR, ZERO, ZERO, vector(ZERO));
    byte(a, 0x31), byte(a, 0xC0);  // xor eax, eax
    if (!(is_columnar(p) ? assemble_columns(a, p, vectors) : assemble_elements(a, p))) return 0;
    for (int i = pointers - 1; i >= 0; i--)
        if (is_saved(pointer_registers[i])) push_or_pop(a, 0x58, pointer_registers[i]);
    byte(a, 0xC5), byte(a, 0xF8), byte(a, 0x77);  // vzeroupper
    byte(a, 0xC3);
    return a->length <= CONSTANTS && a->constant_count < sizeof a->constants / sizeof *a->constants;
}

// Works on as many vectors of columns at a time as there are registers, and room for code: so lines of the cache are read in their order.
static int assemble_widest(assembly *a, const tributary_program *p) {
    int vectors = (int)(p->extents[3] / TRIBUTARY_LANES), rounds = a->rounds;
    uint8_t *bytes = a->bytes;
    for (int width = MOST_VECTORS; width > 0; width--) {
        *a = (assembly){.bytes = bytes, .rounds = rounds};
        int is_possible = width == 1 || (is_columnar(p) && vectors % width == 0);
        if (is_possible && assemble(a, p, width)) return 1;
    }
    return 0;
}

tributary_machine_code tributary_compile(tributary_instruction_set set, const tributary_program *program) {
    if (set != TRIBUTARY_AVX512) return NULL;
    void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return NULL;
    assembly a = {.bytes = page, .rounds = __builtin_cpu_supports("avx512bf16")};
    if (assemble_widest(&a, program)) {
        memcpy((uint8_t *)page + CONSTANTS, a.constants, 4 * a.constant_count);
        if (mprotect(page, PAGE, PROT_READ | PROT_EXEC) == 0) return (tributary_machine_code)page;
    }
    munmap(page, PAGE);
    return NULL;
}

void tributary_release_code(tributary_machine_code code) {
    if (code) munmap((void *)code, PAGE);
}
