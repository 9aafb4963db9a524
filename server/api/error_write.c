/* The body of an error. */
#include "api/errors.h"
#include "base/json.h"

/* Texts are ASCII without quotes or backslashes, so only the arguments need escapes. */
static void write_filled(struct buffer *out, struct slice prefix, const char *text,
                         const struct slice *args)
{
    const char *place;
    buffer_append_char(out, '"');
    json_append_escaped(out, prefix);
    for (; (place = strstr(text, "{}")); text = place + 2) {
        buffer_append(out, text, (size_t)(place - text));
        json_append_escaped(out, *args++);
    }
    buffer_append_string(out, text);
    buffer_append_char(out, '"');
}

void error_write(struct buffer *out, enum error_id id, struct slice prefix,
                 const struct slice *args, struct slice message, bool compact)
{
    static const struct slice nothing = {NULL, 0};
    const struct error_text *error = error_text(id);
    buffer_append_string(out, compact ? "{" : "{\n  ");
    if (error->attribute) {
        buffer_append_string(out, compact ? "\"errorAttribute\":" : "\"errorAttribute\" : ");
        write_filled(out, prefix, error->attribute, args);
        buffer_append_string(out, compact ? "," : ",\n  ");
    }
    buffer_append_string(out, compact ? "\"message\":" : "\"message\" : ");
    if (message.data)
        write_filled(out, nothing, "{}", &message);
    else
        write_filled(out, nothing, error->text, args);
    buffer_append_string(out, compact ? "}" : "\n}");
}
