/* The table of ctl's commands: one row says what is typed and what is sent. */
#ifndef CTL_COMMANDS_H
#define CTL_COMMANDS_H

#include "base/buffer.h"

enum { CTL_WORDS = 32, CTL_SEND = 64 << 20 }; /* CTL_SEND: bytes, what /_local/ takes at most */

enum ctl_status { CTL_OK, CTL_REFUSED, CTL_USAGE, CTL_NO_ANSWER };

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

/* What was typed behind the command's own words. */
struct ctl_line {
    const char *values[CTL_OPTIONS]; /* NULL: not given; a flag's is its name */
    const char *words[CTL_WORDS];
    size_t count;
};

/* What is sent beside the method. */
struct ctl_call {
    struct buffer target, body;
    bool has_query;
};

struct ctl_command {
    const char *name;
    const char *verb;      /* the second word; NULL: none */
    const char *arguments; /* as --help names them */
    size_t least, most;    /* words behind the verb */
    unsigned options;      /* bits of enum ctl_option, beside those every command takes */
    const char *method, *path;
    /* Fills query and body; NULL: there are none. Not CTL_OK: it has been said why. */
    enum ctl_status (*prepare)(const struct ctl_line *line, struct ctl_call *call);
    bool to_file; /* the answer goes to the file named by the first word */
    const char *help;
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_command_count;

#endif
