#include "ctl/ctl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/nearest.h"
#include "base/variables.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/files.h"
#include "ctl/parts.h"
#include "ctl/worlds.h"

enum {
    CTL_TIMEOUT_MS = 300000, /* a clock step of ten years with many brokers takes long */
    CTL_TARGET_MAX = 64 << 10,
    CTL_SCRATCH_MAX = 4 << 20,
    CTL_NOTE_MAX = 1000
};

struct option {
    const char *flag;
    const char *value; /* as --help shows it; NULL: it takes none */
    const char *environment;
    const char *help;
};

static const struct option options[CTL_OPTIONS] = {
    [CTL_URL] = {"url", "URL", VARIABLE("URL"),
                 "where the server listens (default http://localhost:" DEFAULT_PORT
                 ", or the port of " VARIABLE("PORT") ")"},
    [CTL_TOKEN] = {"token", "TOKEN", VARIABLE("CONTROL_TOKEN"), "the server's --control-token"},
    [CTL_HELP] = {"help", NULL, NULL, "print this text"},
    [CTL_EMPTY] = {"empty", NULL, NULL, "do not apply the seeds"},
    [CTL_ACCOUNT] = {"account", "ID", NULL,
                     "only this account, in --region or the server's region"},
    [CTL_REGION] = {"region", "NAME", NULL,
                    "only this region, of --account or the server's account"},
    [CTL_OPERATION] = {"operation", "NAME", NULL, "calls of this operation"},
    [CTL_STATUS] = {"status", "N", NULL, "calls answered with this status"},
    [CTL_USERNAME] = {"username", "NAME", NULL, "calls about this user"},
    [CTL_SINCE] = {"since", "N|TIME", NULL, "calls after this number, or since this time"},
    [CTL_LAST] = {"last", "N", NULL, "the last N calls"},
    [CTL_COUNT] = {"count", NULL, NULL, "print the number of calls only"},
    [CTL_PASSWORD] = {"password", "PASSWORD", NULL,
                      "instead of standard input; other users can see it in the list of processes"},
};

static bool is_common(size_t option)
{
    return option <= CTL_HELP;
}

/* The names of all commands, or the verbs of `name`. */
static void list_words(const char *name, char text[256])
{
    const char *last = ""; /* rows of the same name are adjacent */
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < ctl_command_count && len < 256; i++) {
        const struct ctl_command *row = &ctl_commands[i];
        const char *word = name ? row->verb : row->name;
        if (!word || strcmp(word, last) == 0 || (name && strcmp(row->name, name) != 0))
            continue;
        len += (size_t)snprintf(text + len, 256 - len, "%s%s", len > 0 ? ", " : "", word);
        last = word;
    }
}

static void refuse_word(const char *name, const char *word)
{
    char known[256];
    struct nearest nearest = nearest_to(slice_of(word));
    list_words(name, known);
    for (size_t i = 0; i < ctl_command_count; i++)
        if (!name)
            nearest_try(&nearest, ctl_commands[i].name);
        else if (ctl_commands[i].verb && strcmp(ctl_commands[i].name, name) == 0)
            nearest_try(&nearest, ctl_commands[i].verb);
    if (nearest.name)
        files_complain("ctl%s%s: unknown word '%.60s'; did you mean %s? (see ctl --help)",
                       name ? " " : "", name ? name : "", word, nearest.name);
    else if (!name)
        files_complain("ctl: unknown command '%.60s', expected one of: %s", word, known);
    else if (*known)
        files_complain("ctl %s: unknown word '%.60s', expected one of: %s", name, word, known);
    else
        files_complain("ctl %s: unexpected argument: '%.60s'", name, word);
}

static void complain_of_missing_word(const char *name)
{
    char known[256];
    list_words(name, known);
    files_complain("ctl%s%s: expected one of: %s", name ? " " : "", name ? name : "", known);
}

static const struct ctl_command *find_row(const char *name, const char *verb)
{
    for (size_t i = 0; i < ctl_command_count; i++) {
        const struct ctl_command *row = &ctl_commands[i];
        if (strcmp(row->name, name) == 0 &&
            (verb ? row->verb && strcmp(row->verb, verb) == 0 : !row->verb))
            return row;
    }
    return NULL;
}

static bool is_name(const char *word)
{
    for (size_t i = 0; i < ctl_command_count; i++)
        if (strcmp(ctl_commands[i].name, word) == 0)
            return true;
    return false;
}

/* Removes the words of the command from the line. NULL: it is wrong, a message was printed. */
static const struct ctl_command *take_command(struct ctl_line *line)
{
    const char *name = line->words[0], *verb = line->count > 1 ? line->words[1] : NULL;
    if (line->count == 0 || !is_name(name)) {
        line->count == 0 ? complain_of_missing_word(NULL) : refuse_word(NULL, name);
        return NULL;
    }
    const struct ctl_command *row = verb ? find_row(name, verb) : NULL;
    size_t own = row ? 2 : 1;
    if (!row)
        row = find_row(name, NULL);
    if (!row) {
        verb ? refuse_word(name, verb) : complain_of_missing_word(name);
        return NULL;
    }
    line->count -= own;
    memmove(line->words, line->words + own, line->count * sizeof *line->words);
    return row;
}

static enum ctl_status check_line(const struct ctl_command *command, const struct ctl_line *line)
{
    const char *verb = command->verb ? command->verb : "", *blank = command->verb ? " " : "";
    for (size_t i = 0; i < CTL_OPTIONS; i++)
        if (line->values[i] && !is_common(i) && !(command->options >> i & 1)) {
            files_complain("ctl %s%s%s: takes no --%s (see ctl --help)", command->name, blank, verb,
                           options[i].flag);
            return CTL_USAGE;
        }
    if (line->count > command->max && !command->verb) {
        refuse_word(command->name, line->words[command->max]);
        return CTL_USAGE;
    }
    if (line->count >= command->min && line->count <= command->max)
        return CTL_OK;
    files_complain("ctl %s%s%s: expected %s", command->name, blank, verb,
                   *command->arguments ? command->arguments : "no argument");
    return CTL_USAGE;
}

/* Does not quote what follows a `=`, which may be a token. */
static enum ctl_status bad_option(const char *what, const char *argument)
{
    size_t len = strcspn(argument, "=");
    files_complain("ctl: %s: %.*s (see ctl --help)", what, len < 80 ? (int)len : 80, argument);
    return CTL_USAGE;
}

static enum ctl_status bad_flag(const char *argument)
{
    const char *name = argument + strspn(argument, "-"); /* after one dash or two */
    struct nearest nearest = nearest_to((struct slice){name, strcspn(name, "=")});
    for (size_t row = 0; row < CTL_OPTIONS; row++)
        nearest_try(&nearest, options[row].flag);
    if (!nearest.name)
        return bad_option("unknown option", argument);
    files_complain("ctl: unknown option: %.*s; did you mean --%s?",
                   (int)(name - argument + (int)nearest.given.len), argument, nearest.name);
    return CTL_USAGE;
}

static enum ctl_status read_option(char *const argv[], int *at, struct ctl_line *line)
{
    const char *argument = argv[*at] + 2;
    size_t len = strcspn(argument, "="), row = 0;
    while (row < CTL_OPTIONS &&
           (strlen(options[row].flag) != len || memcmp(options[row].flag, argument, len) != 0))
        row++;
    if (row == CTL_OPTIONS)
        return bad_flag(argv[*at]);
    const struct option *option = &options[row];
    const char *text = argument[len] == '=' ? argument + len + 1 : NULL;
    if (!option->value && text)
        return bad_option("takes no value", argv[*at]);
    if (!option->value)
        text = option->flag;
    if (!text && !(text = argv[*at + 1]))
        return bad_option("needs a value", argv[*at]);
    if (option->value && argument[len] != '=')
        ++*at;
    line->values[row] = text;
    return CTL_OK;
}

/* `--` ends the options. */
static enum ctl_status read_line(int argc, char *const argv[], struct ctl_line *line)
{
    bool words_only = false;
    for (int at = 1; at < argc; at++) {
        const char *argument = argv[at];
        if (!words_only && strcmp(argument, "--") == 0) {
            words_only = true;
        } else if (!words_only && strncmp(argument, "--", 2) == 0) {
            enum ctl_status status = read_option(argv, &at, line);
            if (status)
                return status;
        } else if (!words_only && strcmp(argument, "-h") == 0) {
            line->values[CTL_HELP] = argument;
        } else if (!words_only && argument[0] == '-' && argument[1] != '\0') {
            return bad_flag(argument);
        } else if (line->count == CTL_WORDS_MAX) {
            return bad_option("too many words", argument);
        } else {
            line->words[line->count++] = argument;
        }
    }
    for (size_t row = 0; row < CTL_OPTIONS; row++) {
        const char *name = options[row].environment, *text = name ? variable_get(name) : NULL;
        if (!line->values[row])
            line->values[row] = text;
    }
    return CTL_OK;
}

/* It is sent in a header. */
static bool is_token(const char *text)
{
    const char *at = text;
    while (*at > ' ' && *at <= '~')
        at++;
    return *at == '\0' && at > text;
}

const char *ctl_nearest_command(const char *word)
{
    struct nearest nearest = nearest_to(slice_of(word));
    for (size_t i = 0; i < ctl_command_count; i++)
        nearest_try(&nearest, ctl_commands[i].name);
    return nearest.name;
}

static void print_command(const struct ctl_command *command)
{
    printf("  %s%s%s", command->name, command->verb ? " " : "", command->verb ? command->verb : "");
    printf("%s%s", *command->arguments ? " " : "", command->arguments);
    for (size_t i = 0; i < CTL_OPTIONS; i++)
        if (command->options >> i & 1)
            printf(" [--%s%s%s]", options[i].flag, options[i].value ? " " : "",
                   options[i].value ? options[i].value : "");
    printf("\n      %s\n", command->help);
}

static enum ctl_status print_help(void)
{
    printf("Usage: amazonmq-local ctl [--url URL] [--token TOKEN] COMMAND...\n"
           "Calls the control API of a running server and prints its answer.\n\n"
           "Commands:\n");
    for (size_t i = 0; i < ctl_command_count; i++)
        print_command(&ctl_commands[i]);
    printf("\nOptions; `--` ends them:\n");
    for (size_t i = 0; i < CTL_OPTIONS; i++) {
        char left[64];
        snprintf(left, sizeof left, "--%s %s", options[i].flag,
                 options[i].value ? options[i].value : "");
        printf("  %-22s %s\n", left, options[i].help);
        if (options[i].environment)
            printf("  %-22s   %s\n", "", options[i].environment);
    }
    printf("\nExit status: 0, 1 if the server rejected the request or a file could not be used,\n"
           "2 for a wrong command line, 3 without an answer.\n");
    return files_print(SLICE(""), false) ? CTL_OK : CTL_REFUSED;
}

/* Prints the server's message if there is one. */
static enum ctl_status refused(const struct client_answer *answer)
{
    struct arena scratch;
    struct json_error syntax = {NULL, 0};
    const struct json *body = NULL, *message = NULL;
    struct slice text = answer->body;
    arena_init(&scratch, CTL_SCRATCH_MAX);
    if (!json_parse(&scratch, answer->body, &body, &syntax))
        message = json_member(body, "message");
    if (message && json_type(message) == JSON_STRING)
        text = json_string(message);
    /* The service's answer to any unknown path: a server without the control API gives it too. */
    bool is_off = slice_equal(text, SLICE("Missing Authentication Token"));
    files_complain("refused with status %d%s%.*s%s", answer->status, text.len > 0 ? ": " : "",
                   (int)(text.len < 800 ? text.len : 800), text.data ? text.data : "",
                   is_off ? "; does the server run with --control off?" : "");
    arena_close(&scratch);
    return CTL_REFUSED;
}

static enum ctl_status deliver(const struct ctl_command *command, const struct ctl_line *line,
                               const struct client_answer *answer)
{
    struct slice body = answer->body;
    if (answer->status < 200 || answer->status > 299)
        return refused(answer);
    if (command->output == CTL_SAVE)
        return files_write(line->words[0], body) ? CTL_OK : CTL_REFUSED;
    bool ended = body.len == 0 || body.data[body.len - 1] == '\n';
    return files_print(body, !ended) ? CTL_OK : CTL_REFUSED;
}

/* A list that the server answers in parts is printed as one. */
static enum ctl_status deliver_parts(const struct client_request *request,
                                     const struct ctl_command *command, const struct ctl_line *line,
                                     struct client_answer *answer)
{
    struct client_error error = {.text = "the list is too large"};
    struct buffer list;
    enum ctl_status status = CTL_OK;
    buffer_init(&list, CLIENT_BODY_MAX);
    enum result result = parts_collect(request, answer, &list, &error);
    if (!result) {
        status = files_print(buffer_slice(&list), true) ? CTL_OK : CTL_REFUSED;
    } else if (result == RESULT_INVALID) {
        status = deliver(command, line, answer);
    } else {
        files_complain("%s", error.text);
        status = CTL_NO_ANSWER;
    }
    buffer_close(&list);
    return status;
}

/* A region without brokers may be reset too: a misspelt name would look as if it had been the right
 * one. */
static bool lacks_world(const struct client_request *request, const struct ctl_command *command,
                        const struct ctl_line *line, struct buffer *note)
{
    const char *account = line->values[CTL_ACCOUNT], *region = line->values[CTL_REGION];
    return command->output == CTL_NOTE && (account || region) &&
           world_has_no_broker(request, account, region, note);
}

static enum ctl_status call(const struct ctl_command *command, const struct ctl_line *line,
                            const struct client_url *url)
{
    struct ctl_call sent = {.has_query = false};
    struct client_answer answer = {.status = 0};
    struct client_error error = {.text = ""};
    struct buffer note;
    enum ctl_status status = CTL_OK;
    buffer_init(&note, CTL_NOTE_MAX);
    buffer_init(&sent.target, CTL_TARGET_MAX);
    buffer_init(&sent.body, CTL_BODY_MAX);
    buffer_printf(&sent.target, "/_local/%s", command->path);
    if (command->prepare)
        status = command->prepare(line, &sent);
    if (status)
        goto out;
    if (sent.target.failed || sent.body.failed) {
        files_complain("the request is too large");
        status = CTL_USAGE;
        goto out;
    }
    struct client_request request = {.url = url,
                                     .method = command->method,
                                     .target = sent.target.data,
                                     .token = line->values[CTL_TOKEN],
                                     .body = buffer_slice(&sent.body),
                                     .limit_ms = CTL_TIMEOUT_MS};
    bool lacked = lacks_world(&request, command, line, &note);
    if (client_call(&request, &answer, &error)) {
        files_complain("%s%s", error.text,
                       error.unreachable ? "; does the server run? --url or " VARIABLE(
                                               "URL") " names another address"
                                         : "");
        status = CTL_NO_ANSWER;
    } else {
        status = command->output == CTL_JOIN ? deliver_parts(&request, command, line, &answer)
                                             : deliver(command, line, &answer);
    }
    if (!status && lacked && lacks_world(&request, command, line, &note))
        files_complain("%s", note.data);
out:
    client_close(&answer);
    buffer_close(&note);
    buffer_close(&sent.target);
    buffer_close(&sent.body);
    return status;
}

/* The server's port is also that of ctl, unless a URL is given. False: a message was printed. */
static bool read_url(const struct ctl_line *line, struct client_url *url)
{
    const char *given = line->values[CTL_URL], *port = variable_get(VARIABLE("PORT"));
    const char *variable = variable_get(options[CTL_URL].environment);
    char local[100];
    snprintf(local, sizeof local, "http://localhost:%.60s", port ? port : DEFAULT_PORT);
    if (client_read_url(given ? given : local, url))
        return true;
    files_complain(
        "ctl: bad URL '%.80s' of %s, expected one such as http://localhost:" DEFAULT_PORT,
        given ? given : local,
        !given              ? VARIABLE("PORT")
        : given == variable ? options[CTL_URL].environment
                            : "--url");
    return false;
}

int ctl_run(int argc, char *const argv[])
{
    struct ctl_line line = {.count = 0};
    struct client_url url;
    if (read_line(argc, argv, &line))
        return CTL_USAGE;
    if (line.values[CTL_HELP] || (line.count == 1 && strcmp(line.words[0], "help") == 0))
        return (int)print_help();
    const struct ctl_command *command = take_command(&line);
    if (!command || check_line(command, &line))
        return CTL_USAGE;
    if (!read_url(&line, &url))
        return CTL_USAGE;
    if (line.values[CTL_TOKEN] && !is_token(line.values[CTL_TOKEN])) {
        files_complain("ctl: bad token, expected printable characters without blanks");
        return CTL_USAGE;
    }
    return (int)call(command, &line, &url);
}
