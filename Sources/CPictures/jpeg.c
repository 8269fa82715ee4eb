#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <jpeglib.h>
#include <jerror.h>

#include "include/CPictures.h"

// A hostile file may claim thousands of progressive scans, each of which costs a pass. Encoders write ten or so.
enum { MOST_SCANS = 500 };

struct cpictures_jpeg {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf jump;
    const uint8_t *bytes;
    size_t count;
    int warnings;
    char message[JMSG_LENGTH_MAX];
};

static void fail(j_common_ptr info) {
    cpictures_jpeg *jpeg = info->client_data;
    (*info->err->format_message)(info, jpeg->message);
    longjmp(jpeg->jump, 1);
}

// Warnings that say nothing about the pixels are counted. All others mean pixels that are not there or not right.
static void emit(j_common_ptr info, int level) {
    if (level >= 0) return;
    switch (info->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA: case JWRN_ADOBE_XFORM: case JWRN_JFIF_MAJOR: case JWRN_BOGUS_ICC:
    case JWRN_NOT_SEQUENTIAL: case JWRN_BOGUS_PROGRESSION:
        ((cpictures_jpeg *)info->client_data)->warnings++;
        return;
    default:
        fail(info);
    }
}

static void discard(j_common_ptr info) { (void)info; }

static void watch(j_common_ptr info) {
    cpictures_jpeg *jpeg = info->client_data;
    if (!info->is_decompressor || jpeg->info.input_scan_number <= MOST_SCANS) return;
    snprintf(jpeg->message, sizeof jpeg->message, "it has more than %d scans", MOST_SCANS);
    longjmp(jpeg->jump, 1);
}

cpictures_jpeg *cpictures_jpeg_new(const uint8_t *bytes, size_t count) {
    cpictures_jpeg *jpeg = calloc(1, sizeof *jpeg);
    if (!jpeg) return NULL;
    jpeg->bytes = bytes;
    jpeg->count = count;
    jpeg->info.err = jpeg_std_error(&jpeg->errors);
    jpeg->errors.error_exit = fail;
    jpeg->errors.emit_message = emit;
    jpeg->errors.output_message = discard;
    jpeg->progress.progress_monitor = watch;
    return jpeg;
}

int cpictures_jpeg_read_header(cpictures_jpeg *jpeg) {
    j_decompress_ptr info = &jpeg->info;
    info->client_data = jpeg;
    if (setjmp(jpeg->jump)) return 0;
    jpeg_create_decompress(info);
    info->client_data = jpeg;
    info->progress = &jpeg->progress;
    jpeg_mem_src(info, jpeg->bytes, jpeg->count);
    jpeg_save_markers(info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(info, TRUE);
    switch (info->jpeg_color_space) {
    case JCS_GRAYSCALE: info->out_color_space = JCS_GRAYSCALE; break;
    case JCS_YCbCr: case JCS_RGB: info->out_color_space = JCS_RGB; break;
    case JCS_CMYK: case JCS_YCCK: info->out_color_space = JCS_CMYK; break;
    default:
        snprintf(jpeg->message, sizeof jpeg->message, "its colours are neither grey, RGB nor CMYK");
        return 0;
    }
    return 1;
}

static void read_rows(j_decompress_ptr info, uint8_t *pixels, JDIMENSION end) {
    size_t row = (size_t)info->output_width * info->output_components;
    while (info->output_scanline < end) {
        JSAMPROW rows[4];
        for (int index = 0; index < 4; index++) rows[index] = pixels + row * (info->output_scanline + index);
        JDIMENSION left = end - info->output_scanline;
        jpeg_read_scanlines(info, rows, left < 4 ? left : 4);
    }
}

int cpictures_jpeg_read_pixels(cpictures_jpeg *jpeg, uint8_t *pixels, int first, int count) {
    j_decompress_ptr info = &jpeg->info;
    if (setjmp(jpeg->jump)) return 0;
    jpeg_start_decompress(info);
    if (first > 0) jpeg_skip_scanlines(info, first);
    read_rows(info, pixels, first + count);
    // Whoever skips to the end learns nothing of what is there, so the last row is read.
    JDIMENSION left = info->output_height - info->output_scanline;
    if (left > 1) jpeg_skip_scanlines(info, left - 1);
    read_rows(info, pixels, info->output_height);
    jpeg_finish_decompress(info);
    return 1;
}

int cpictures_jpeg_width(const cpictures_jpeg *jpeg) { return jpeg->info.image_width; }
int cpictures_jpeg_height(const cpictures_jpeg *jpeg) { return jpeg->info.image_height; }

int cpictures_jpeg_components(const cpictures_jpeg *jpeg) {
    switch (jpeg->info.out_color_space) {
    case JCS_GRAYSCALE: return 1;
    case JCS_CMYK: return 4;
    default: return 3;
    }
}

const uint8_t *cpictures_jpeg_exif(const cpictures_jpeg *jpeg, size_t *count) {
    for (jpeg_saved_marker_ptr marker = jpeg->info.marker_list; marker; marker = marker->next) {
        if (marker->data_length <= 6 || memcmp(marker->data, "Exif\0", 6) != 0) continue;
        *count = marker->data_length - 6;
        return marker->data + 6;
    }
    return NULL;
}

int cpictures_jpeg_warnings(const cpictures_jpeg *jpeg) { return jpeg->warnings; }
const char *cpictures_jpeg_message(const cpictures_jpeg *jpeg) { return jpeg->message; }

void cpictures_jpeg_free(cpictures_jpeg *jpeg) {
    if (jpeg->info.mem) jpeg_destroy_decompress(&jpeg->info);
    free(jpeg);
}
