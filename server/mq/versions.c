#include "mq/versions.h"

#include "base/text.h"

/* Takes the next number and what separates it from the one behind off `text`, without its leading
 * zeros: empty for 0. */
static struct slice take_number(struct slice *text)
{
    struct slice number = *text;
    if (text->len == 0)
        return number;
    while (number.len > 0 && *number.data == '0')
        number = (struct slice){number.data + 1, number.len - 1};
    const char *end = number.data, *last = text->data + text->len;
    while (end < last && text_is_digit(*end))
        end++;
    number.len = (size_t)(end - number.data);
    if (end < last)
        end++;
    *text = (struct slice){end, (size_t)(last - end)};
    return number;
}

static int compare_numbers(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len > 0 ? memcmp(a.data, b.data, a.len) : 0;
}

int version_compare(struct slice a, struct slice b)
{
    int order = 0;
    while (order == 0 && (a.len > 0 || b.len > 0)) {
        struct slice left = take_number(&a);
        order = compare_numbers(left, take_number(&b));
    }
    return order;
}

struct slice version_minor(struct slice version)
{
    struct slice rest = version;
    struct slice major = text_take(&rest, '.'), minor = text_take(&rest, '.');
    return rest.data ? slice_part(version, 0, major.len + 1 + minor.len) : version;
}

bool version_at_least(struct slice version, struct slice least)
{
    return version_compare(version, least) >= 0;
}
