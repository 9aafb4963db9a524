#include "base/variables.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/nearest.h"
#include "base/text.h"

/* Of ctl and the packages below clients/. */
static const char *const of_clients[] = {VARIABLE("BIN"), VARIABLE("IMAGE"), VARIABLE("NPM"),
                                         VARIABLE("URL")};

static bool is_service_link(struct slice value)
{
    return slice_starts_with(value, SLICE("tcp://")) || slice_starts_with(value, SLICE("udp://")) ||
           slice_starts_with(value, SLICE("sctp://"));
}

static bool contains(struct slice text, const char *part)
{
    return memmem(text.data, text.len, part, strlen(part)) != NULL;
}

/* …_PORT_8267_TCP_ADDR. */
static bool has_port(struct slice name)
{
    static const char port[] = "_PORT_";
    const char *at = name.data, *end = name.data + name.len;
    while ((at = memmem(at, (size_t)(end - at), port, sizeof port - 1))) {
        at += sizeof port - 1;
        if (text_is_digit(*at)) /* a `=` follows the name */
            return true;
    }
    return false;
}

/* Those of a service or of one whose name begins so, and of a container's link: …_SERVICE_HOST,
 * …_SERVICE_PORT_HTTP, …_NAME. */
static bool is_of_kubernetes(struct slice name, struct slice value)
{
    return has_port(name) || contains(name, "_SERVICE_HOST") || contains(name, "_SERVICE_PORT") ||
           slice_equal(name, SLICE(VARIABLE("NAME"))) || is_service_link(value);
}

const char *variable_get(const char *name)
{
    const char *value = getenv(name);
    return value && *value != '\0' && !is_service_link(slice_of(value)) ? value : NULL;
}

static const char *row_of(const char *(*known)(size_t row), size_t row)
{
    enum { CLIENTS = sizeof of_clients / sizeof *of_clients };
    return row < CLIENTS ? of_clients[row] : known(row - CLIENTS);
}

/* The part of `name` that the other one lacks is whole words, at its end or its beginning:
 * SEED_FILE for SEED, TOKEN for CONTROL_TOKEN. */
static bool is_extended(struct slice name, struct slice other)
{
    struct slice longer = name.len > other.len ? name : other;
    struct slice shorter = name.len > other.len ? other : name;
    size_t more = longer.len - shorter.len;
    if (more == 0 || shorter.len == 0)
        return false;
    return (longer.data[shorter.len] == '_' && slice_starts_with(longer, shorter)) ||
           (longer.data[more - 1] == '_' &&
            slice_equal(slice_part(longer, more, shorter.len), shorter));
}

static void check(struct slice name, const char *(*known)(size_t row), variable_warning *warn)
{
    const size_t prefix = sizeof VARIABLE("") - 1;
    struct slice given = slice_part(name, prefix, name.len - prefix);
    struct nearest nearest = nearest_to(given);
    const char *extended = NULL;
    size_t extensions = 0;
    for (size_t row = 0; row_of(known, row); row++) {
        const char *variable = row_of(known, row) + prefix;
        if (slice_equal(given, slice_of(variable)))
            return;
        nearest_try(&nearest, variable);
        if (is_extended(given, slice_of(variable))) {
            extended = variable;
            extensions++;
        }
    }
    const char *meant = extensions == 1 ? extended : nearest.name;
    warn(name, meant ? meant - prefix : NULL);
}

void variables_check(const char *(*known)(size_t row), variable_warning *warn)
{
    for (char *const *at = environ; *at; at++) {
        struct slice value = slice_of(*at), name = text_take(&value, '=');
        if (slice_starts_with(name, SLICE(VARIABLE(""))) && !is_of_kubernetes(name, value))
            check(name, known, warn);
    }
}
