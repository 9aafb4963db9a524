/* The values that options can have: numbers with units, host names, tokens. */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/units.h"

/* Reads a number with its unit; 0 needs none for a time. False: it is none. */
bool value_read_quantity(const char *text, const struct unit *units, int64_t *number);

/* Of --control-token. */
bool value_is_token(const char *text);

/* localhost or an address. */
bool value_is_host(const char *text);

/* 0.0.0.0 or ::, which a server listens on, but which is no address to go to. */
bool value_is_wildcard(const char *host);

/* A host name, also one with a wildcard, such as *.mq.example. */
bool value_is_dns_name(const char *text);

#endif
