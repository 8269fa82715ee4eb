#define _GNU_SOURCE
#include "COneDNN.h"

#include <dlfcn.h>
#include <dnnl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4
#define V3 (DNNL_VERSION_MAJOR >= 3)

#if V3
typedef dnnl_memory_desc_t description;
typedef const_dnnl_memory_desc_t description_reference;
#else
typedef dnnl_memory_desc_t description;
typedef const dnnl_memory_desc_t *description_reference;
#endif

struct tributary_kernel {
    dnnl_primitive_desc_t plan;
    dnnl_primitive_desc_t hint;
    dnnl_primitive_t primitive;
    dnnl_stream_t stream;
    dnnl_memory_t memory[SLOTS];
    int arguments[SLOTS];
    dnnl_query_t queries[SLOTS];
};

static dnnl_engine_t engine(void) {
    // Made once, by whichever thread is first; the C runtime has no simpler once than this.
    static dnnl_engine_t shared;
    dnnl_engine_t current = __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
    if (current) return current;
    dnnl_engine_t made = NULL;
    if (dnnl_engine_create(&made, dnnl_cpu, 0) != dnnl_success) return NULL;
    if (!__atomic_compare_exchange_n(&shared, &current, made, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        dnnl_engine_destroy(made);
        return current;
    }
    return made;
}

int tributary_onednn_version(void) {
    const dnnl_version_t *version = dnnl_version();
    return version->major * 10000 + version->minor * 100 + version->patch;
}

void tributary_onednn_pin_thread(void) {
    // oneDNN brings OpenMP in; looked up by name so that nothing here needs its development files.
    static void (*set_threads)(int);
    static _Thread_local int pinned;
    if (pinned) return;
    if (!set_threads) set_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (set_threads) set_threads(1);
    pinned = 1;
}

int tributary_onednn_set_up(int cap) {
    if (cap == 1) return dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx2);
    if (cap == 2) return dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx512_core);
    if (cap == 3) return dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx512_core_bf16);
    return 0;
}

int tributary_onednn_instruction_set(void) {
    dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa();
    if ((isa & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16) return 3;
    if ((isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core) return 2;
    return (isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2 ? 1 : 0;
}

// Descriptions of memory: values in version 2, handles in version 3.

static dnnl_data_type_t type_of(tributary_element element) { return element == TRIBUTARY_FLOAT32 ? dnnl_f32 : dnnl_bf16; }

static int describe_strided(description *result, const tributary_layout *layout) {
    const int64_t *extents = layout->extents, *strides = layout->strides;
    int rank = layout->rank;
    dnnl_data_type_t type = type_of(layout->element);
    dnnl_dims_t dims, steps;
    memcpy(dims, extents, sizeof(int64_t) * (size_t)rank);
    memcpy(steps, strides, sizeof(int64_t) * (size_t)rank);
#if V3
    return dnnl_memory_desc_create_with_strides(result, rank, dims, type, steps);
#else
    return dnnl_memory_desc_init_by_strides(result, rank, dims, type, steps);
#endif
}

static int describe_tagged(
    description *result, tributary_element element, int rank, const int64_t *extents, dnnl_format_tag_t tag) {
    dnnl_data_type_t type = type_of(element);
    dnnl_dims_t dims;
    memcpy(dims, extents, sizeof(int64_t) * (size_t)rank);
#if V3
    return dnnl_memory_desc_create_with_tag(result, rank, dims, type, tag);
#else
    return dnnl_memory_desc_init_by_tag(result, rank, dims, type, tag);
#endif
}

static void forget(description *described, int count) {
#if V3
    for (int i = 0; i < count; i++) dnnl_memory_desc_destroy(described[i]);
#else
    (void)described, (void)count;
#endif
}

static description_reference described(const tributary_kernel *kernel, int slot) {
    return dnnl_primitive_desc_query_md(kernel->plan, kernel->queries[slot], 0);
}

static size_t size_of(description_reference reference) { return reference ? dnnl_memory_desc_get_size(reference) : 0; }

// Attributes: scratch memory is the caller's.

static int own_scratch(dnnl_primitive_attr_t *attributes) {
    int status = dnnl_primitive_attr_create(attributes);
    if (status) return status;
    return dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
}

// Kernels.

// Kernels are made one at a time: from `begin` to `finish` a thread has this lock. oneDNN 2.6 plans a convolution with a variable of
// the whole process (brg_blocking_t::last_ic_block_size, 1 for float32 and 2 for bfloat16). Threads that make kernels of both would
// give each other blocks of the wrong size, and so kernels that compute something else. Running kernels needs no lock.
static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static tributary_kernel *begin(const int arguments[SLOTS], const dnnl_query_t queries[SLOTS]) {
    tributary_kernel *kernel = calloc(1, sizeof *kernel);
    memcpy(kernel->arguments, arguments, sizeof kernel->arguments);
    memcpy(kernel->queries, queries, sizeof kernel->queries);
    pthread_mutex_lock(&making);
    return kernel;
}

static tributary_kernel *finish(tributary_kernel *kernel, int *status) {
    if (!*status) *status = dnnl_primitive_create(&kernel->primitive, kernel->plan);
    pthread_mutex_unlock(&making);
    if (!*status) *status = dnnl_stream_create(&kernel->stream, engine(), dnnl_stream_default_flags);
    for (int slot = 0; slot < SLOTS && !*status; slot++) {
        description_reference reference = described(kernel, slot);
        if (size_of(reference) > 0)
            *status = dnnl_memory_create(&kernel->memory[slot], reference, engine(), DNNL_MEMORY_NONE);
    }
    if (!*status) return kernel;
    tributary_kernel_destroy(kernel);
    return NULL;
}

#if V3
static int plan_convolution(
    tributary_kernel *kernel, tributary_direction direction, const description d[3], const description f[3],
    const tributary_window *w, dnnl_primitive_attr_t attributes) {
    dnnl_primitive_desc_t *forward = direction == TRIBUTARY_FORWARD ? &kernel->plan : &kernel->hint;
    int status = dnnl_convolution_forward_primitive_desc_create(
        forward, engine(), dnnl_forward_training, dnnl_convolution_direct, f[0], f[1], NULL, f[2], w->stride, NULL,
        w->padding_before, w->padding_after, attributes);
    if (status || direction == TRIBUTARY_FORWARD) return status;
    return dnnl_convolution_backward_data_primitive_desc_create(
        &kernel->plan, engine(), dnnl_convolution_direct, d[0], d[1], d[2], w->stride, NULL, w->padding_before,
        w->padding_after, kernel->hint, attributes);
}
#else
static int plan_convolution(
    tributary_kernel *kernel, tributary_direction direction, const description d[3], const description f[3],
    const tributary_window *w, dnnl_primitive_attr_t attributes) {
    dnnl_convolution_desc_t forward, backward;
    int status = dnnl_convolution_forward_desc_init(
        &forward, dnnl_forward_training, dnnl_convolution_direct, &f[0], &f[1], NULL, &f[2], w->stride,
        w->padding_before, w->padding_after);
    if (status) return status;
    if (direction == TRIBUTARY_FORWARD)
        return dnnl_primitive_desc_create(&kernel->plan, &forward, attributes, engine(), NULL);
    status = dnnl_primitive_desc_create(&kernel->hint, &forward, attributes, engine(), NULL);
    if (status) return status;
    status = dnnl_convolution_backward_data_desc_init(
        &backward, dnnl_convolution_direct, &d[0], &d[1], &d[2], w->stride, w->padding_before, w->padding_after);
    if (status) return status;
    return dnnl_primitive_desc_create(&kernel->plan, &backward, attributes, engine(), kernel->hint);
}
#endif

tributary_kernel *tributary_convolution(
    tributary_direction direction, const int64_t x[4], const int64_t weight[4], const int64_t y[4],
    const tributary_window *window, tributary_element operands, tributary_element result, int *status) {
    static const int arguments[2][SLOTS] = {
        {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD},
        {DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC, DNNL_ARG_SCRATCHPAD},
    };
    static const dnnl_query_t queries[2][SLOTS] = {
        {dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md, dnnl_query_scratchpad_md},
        {dnnl_query_diff_dst_md, dnnl_query_weights_md, dnnl_query_diff_src_md, dnnl_query_scratchpad_md},
    };
    tributary_kernel *kernel = begin(arguments[direction], queries[direction]);
    // What the kernel works on, and the forward convolution that gradients refer to, whose result is like its operands.
    description d[3], f[3];
    static const int made[2] = {2, 0};
    const int64_t *extents[3] = {x, weight, y};
    static const dnnl_format_tag_t tags[3] = {dnnl_nhwc, dnnl_format_tag_any, dnnl_nhwc};
    dnnl_primitive_attr_t attributes = NULL;
    *status = own_scratch(&attributes);
    for (int i = 0; i < 3 && !*status; i++) {
        *status = describe_tagged(&d[i], i == made[direction] ? result : operands, 4, extents[i], tags[i]);
        if (!*status)
            *status = describe_tagged(
                &f[i], direction == TRIBUTARY_FORWARD && i == 2 ? result : operands, 4, extents[i], tags[i]);
    }
    if (!*status) *status = plan_convolution(kernel, direction, d, f, window, attributes);
    if (!*status) forget(d, 3), forget(f, 3);
    dnnl_primitive_attr_destroy(attributes);
    return finish(kernel, status);
}

tributary_kernel *tributary_matrix_product(
    const tributary_layout *first, const tributary_layout *second, const tributary_layout *result, int packs_second,
    int *status) {
    static const int arguments[SLOTS] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD};
    static const dnnl_query_t queries[SLOTS] = {
        dnnl_query_src_md, dnnl_query_weights_md, dnnl_query_dst_md, dnnl_query_scratchpad_md};
    tributary_kernel *kernel = begin(arguments, queries);
    description d[3];
    dnnl_primitive_attr_t attributes = NULL;
    *status = own_scratch(&attributes);
    if (!*status) *status = describe_strided(&d[0], first);
    if (!*status)
        *status = packs_second ? describe_tagged(&d[1], second->element, 2, second->extents, dnnl_format_tag_any)
                               : describe_strided(&d[1], second);
    if (!*status) *status = describe_strided(&d[2], result);
#if V3
    if (!*status)
        *status = dnnl_matmul_primitive_desc_create(&kernel->plan, engine(), d[0], d[1], NULL, d[2], attributes);
#else
    dnnl_matmul_desc_t product;
    if (!*status) *status = dnnl_matmul_desc_init(&product, &d[0], &d[1], NULL, &d[2]);
    if (!*status) *status = dnnl_primitive_desc_create(&kernel->plan, &product, attributes, engine(), NULL);
#endif
    if (!*status) forget(d, 3);
    dnnl_primitive_attr_destroy(attributes);
    return finish(kernel, status);
}

tributary_kernel *tributary_packing(
    const tributary_layout *plain, const tributary_kernel *owner, int *status) {
    static const int arguments[SLOTS] = {DNNL_ARG_FROM, 0, DNNL_ARG_TO, DNNL_ARG_SCRATCHPAD};
    static const dnnl_query_t queries[SLOTS] = {
        dnnl_query_src_md, dnnl_query_undef, dnnl_query_dst_md, dnnl_query_scratchpad_md};
    tributary_kernel *kernel = begin(arguments, queries);
    description strided;
    dnnl_primitive_attr_t attributes = NULL;
    *status = own_scratch(&attributes);
    if (!*status) *status = describe_strided(&strided, plain);
    if (!*status) {
#if V3
        description_reference loose = strided;
#else
        description_reference loose = &strided;
#endif
        *status = dnnl_reorder_primitive_desc_create(
            &kernel->plan, loose, engine(), described(owner, TRIBUTARY_SECOND), engine(), attributes);
        forget(&strided, 1);
    }
    dnnl_primitive_attr_destroy(attributes);
    return finish(kernel, status);
}

size_t tributary_kernel_bytes(const tributary_kernel *kernel, tributary_slot slot) {
    return size_of(described(kernel, slot));
}

int tributary_kernel_bind(tributary_kernel *kernel, tributary_slot slot, void *memory) {
    return kernel->memory[slot] ? dnnl_memory_set_data_handle(kernel->memory[slot], memory) : 0;
}

int tributary_kernel_run(tributary_kernel *kernel) {
    dnnl_exec_arg_t arguments[SLOTS];
    int count = 0;
    for (int slot = 0; slot < SLOTS; slot++)
        if (kernel->memory[slot]) arguments[count++] = (dnnl_exec_arg_t){kernel->arguments[slot], kernel->memory[slot]};
    return dnnl_primitive_execute(kernel->primitive, kernel->stream, count, arguments);
}

const char *tributary_kernel_name(const tributary_kernel *kernel) {
    const char *name = "";
    dnnl_primitive_desc_query(kernel->plan, dnnl_query_impl_info_str, 0, &name);
    return name;
}

void tributary_kernel_destroy(tributary_kernel *kernel) {
    if (!kernel) return;
    for (int slot = 0; slot < SLOTS; slot++)
        if (kernel->memory[slot]) dnnl_memory_destroy(kernel->memory[slot]);
    if (kernel->stream) dnnl_stream_destroy(kernel->stream);
    if (kernel->primitive) dnnl_primitive_destroy(kernel->primitive);
    if (kernel->plan) dnnl_primitive_desc_destroy(kernel->plan);
    if (kernel->hint) dnnl_primitive_desc_destroy(kernel->hint);
    free(kernel);
}
