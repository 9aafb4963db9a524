/* The .xml and .properties files of this folder, which the build embeds: @NAME@ stands for a value.
 */
#ifndef BROKERS_TEXTS_H
#define BROKERS_TEXTS_H

#include <stddef.h>

struct broker_text {
    const char *name;
    const unsigned char *bytes;
    size_t len;
};

extern const struct broker_text broker_texts[];
extern const size_t broker_text_count;

#endif
