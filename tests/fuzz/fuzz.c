#include "fuzz.h"

#include <string.h>

const struct fuzz_target fuzz_targets[] = {
    {"json_body", fuzz_json_body}, {"page_token", fuzz_page_token},
    {"request", fuzz_request},     {"request_target", fuzz_request_target},
    {"seed", fuzz_seed},           {"sigv4", fuzz_sigv4},
    {"snapshot", fuzz_snapshot},   {"xml", fuzz_xml},
};
const size_t fuzz_target_count = sizeof fuzz_targets / sizeof *fuzz_targets;

const char *fuzz_input_name;

_Noreturn void fuzz_fail(const char *file, int line, const char *condition, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "\n%s:%d: check failed: %s\n ", file, line, condition);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n");
    if (fuzz_input_name)
        fprintf(stderr, "  input: %s\n", fuzz_input_name);
    fflush(stderr);
    abort();
}

static char *add_piece(struct fuzz_pieces *pieces, size_t size)
{
    char *piece = malloc(size > 0 ? size : 1);
    FUZZ_CHECK(piece && pieces->count < FUZZ_PIECES);
    pieces->list[pieces->count++] = piece;
    return piece;
}

struct slice fuzz_copy(struct fuzz_pieces *pieces, struct slice text)
{
    char *piece = add_piece(pieces, text.len);
    if (text.len > 0)
        memcpy(piece, text.data, text.len);
    return (struct slice){piece, text.len};
}

struct slice fuzz_copy_terminated(struct fuzz_pieces *pieces, struct slice text)
{
    char *piece = add_piece(pieces, text.len + 1);
    if (text.len > 0)
        memcpy(piece, text.data, text.len);
    piece[text.len] = '\0';
    return (struct slice){piece, text.len};
}

void fuzz_free(struct fuzz_pieces *pieces)
{
    while (pieces->count > 0)
        free(pieces->list[--pieces->count]);
}

size_t fuzz_take_choice(struct slice *input, size_t limit)
{
    if (input->len == 0)
        return 0;
    unsigned char first = (unsigned char)*input->data;
    *input = (struct slice){input->data + 1, input->len - 1};
    return first % limit;
}

bool fuzz_contains(struct slice text, struct slice part)
{
    return part.len == 0 || (text.len > 0 && memmem(text.data, text.len, part.data, part.len));
}
