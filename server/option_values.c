#include "option_values.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

static bool read_number(const char *text, const char **end, int64_t *number)
{
    *number = 0;
    *end = text;
    while (text_is_digit(**end)) {
        if (*number > INT64_MAX / 16)
            return false;
        *number = *number * 10 + (*(*end)++ - '0');
    }
    return *end > text;
}

bool value_read_quantity(const char *text, const struct unit *units, int64_t *number)
{
    const char *end = text;
    if (!read_number(text, &end, number))
        return false;
    if (units == unit_times && *number == 0 && *end == '\0')
        return true;
    for (; units->name; units++)
        if (strcmp(end, units->name) == 0 && *number <= INT64_MAX / units->factor) {
            *number *= units->factor;
            return true;
        }
    return false;
}

bool value_is_token(const char *text)
{
    size_t len = strlen(text);
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return len >= 8 && len <= 200;
}

bool value_is_host(const char *text)
{
    unsigned char address[16];
    return strcmp(text, "localhost") == 0 || inet_pton(AF_INET, text, address) == 1 ||
           inet_pton(AF_INET6, text, address) == 1;
}

bool value_is_wildcard(const char *host)
{
    static const unsigned char zeros[16];
    unsigned char bytes[16];
    return (inet_pton(AF_INET, host, bytes) == 1 && memcmp(bytes, zeros, 4) == 0) ||
           (inet_pton(AF_INET6, host, bytes) == 1 && memcmp(bytes, zeros, 16) == 0);
}

/* The first label may be `*` if two others follow: GnuTLS and browsers match no
 * others. */
bool value_is_dns_name(const char *text)
{
    size_t label = 0;
    if (strlen(text) > 253)
        return false;
    if (strncmp(text, "*.", 2) == 0) {
        text += 2;
        if (!strchr(text, '.'))
            return false;
    }
    for (; *text; text++) {
        bool last = text[1] == '\0' || text[1] == '.';
        if (*text == '.' ? label == 0 || last
                         : !text_is_alphanumeric(*text) && (*text != '-' || label == 0 || last))
            return false;
        label = *text == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return label > 0;
}
