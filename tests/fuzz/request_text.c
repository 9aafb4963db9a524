#include "request_text.h"

#include "base/text.h"

static struct slice without_end(struct slice line, char end)
{
    const char *found = line.len > 0 ? memchr(line.data, end, line.len) : NULL;
    return found ? (struct slice){line.data, (size_t)(found - line.data)} : line;
}

static bool take_end(struct slice *text, struct slice end)
{
    if (text->len < end.len || memcmp(text->data + text->len - end.len, end.data, end.len) != 0)
        return false;
    text->len -= end.len;
    return true;
}

static struct slice take_line(struct slice *rest)
{
    return without_end(without_end(text_take(rest, '\n'), '\r'), '\0');
}

static void read_line(struct slice line, struct request_text *text)
{
    struct slice target = line, method = text_take(&target, ' ');
    if (!target.data)
        target = SLICE("");
    text->old_version = take_end(&target, SLICE(" HTTP/1.0"));
    take_end(&target, SLICE(" HTTP/1.1"));
    text->request.method = fuzz_copy_terminated(&text->pieces, method);
    text->request.raw_target = fuzz_copy_terminated(&text->pieces, target);
}

static void add_header(struct slice line, bool terminated, struct request_text *text)
{
    struct slice value = line, name = text_take(&value, ':');
    struct request *request = &text->request;
    if (!value.data || request->header_count == REQUEST_TEXT_HEADERS)
        return;
    value = text_trim(value);
    text->headers[request->header_count++] = (struct header){
        terminated ? fuzz_copy_terminated(&text->pieces, name) : fuzz_copy(&text->pieces, name),
        terminated ? fuzz_copy_terminated(&text->pieces, value) : fuzz_copy(&text->pieces, value)};
}

void request_text_read(struct slice input, bool terminated, struct request_text *text)
{
    text->pieces.count = 0;
    text->request = (struct request){.headers = text->headers, .max_body = 1 << 20};
    read_line(take_line(&input), text);
    while (input.data) {
        struct slice line = take_line(&input);
        if (line.len == 0)
            break;
        add_header(line, terminated, text);
    }
    text->request.body = fuzz_copy_terminated(&text->pieces, input.data ? input : SLICE(""));
}

void request_text_close(struct request_text *text)
{
    fuzz_free(&text->pieces);
}
