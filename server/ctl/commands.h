/* The table of ctl's commands: their arguments and the request that each sends. */
#ifndef CTL_COMMANDS_H
#define CTL_COMMANDS_H

#include "base/buffer.h"

enum { CTL_WORDS_MAX = 32, CTL_BODY_MAX = 64 << 20 }; /* CTL_BODY_MAX: bytes, as in /_local/ */

enum ctl_status { CTL_OK, CTL_REFUSED, CTL_USAGE, CTL_NO_ANSWER };

/* What is done with the answer. */
enum ctl_output {
    CTL_PRINT,
    CTL_NOTE, /* the same, and perhaps a note of ctl/worlds.h */
    CTL_SAVE, /* to the file named by the first argument */
    CTL_JOIN, /* it may be a part of the list of faults: printed with the others, ctl/parts.h */
};

enum ctl_option {
    CTL_URL,
    CTL_TOKEN,
    CTL_HELP,
    CTL_EMPTY,
    CTL_ACCOUNT,
    CTL_REGION,
    CTL_OPERATION,
    CTL_STATUS,
    CTL_USERNAME,
    CTL_SINCE,
    CTL_LAST,
    CTL_COUNT,
    CTL_PASSWORD,
    CTL_OPTIONS
};

/* The command line; without the words of the command after it was looked up. */
struct ctl_line {
    const char *values[CTL_OPTIONS]; /* NULL: not given; for a flag, its name */
    const char *words[CTL_WORDS_MAX];
    size_t count;
};

/* The target and the body of the request. */
struct ctl_call {
    struct buffer target, body;
    bool has_query;
};

struct ctl_command {
    const char *name;
    const char *verb;      /* the second word; NULL: none */
    const char *arguments; /* as --help shows them */
    size_t min, max;       /* number of arguments */
    unsigned options;      /* bits of enum ctl_option; the common options are always allowed */
    const char *method, *path;
    /* Fills in query and body; NULL: there are none. Prints a message if it fails. */
    enum ctl_status (*prepare)(const struct ctl_line *line, struct ctl_call *call);
    enum ctl_output output;
    const char *help;
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_command_count;

#endif
