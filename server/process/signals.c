#include "process/signals.h"

#include <stddef.h>

static const int stops[] = {SIGTERM, SIGINT, SIGHUP};

enum { STOPS = sizeof stops / sizeof *stops };

static bool ignores_hangup;

static bool is_heard(int number)
{
    return number != SIGHUP || !ignores_hangup;
}

void signals_begin(void (*handler)(int number))
{
    struct sigaction action = {.sa_flags = 0};
    ignores_hangup = sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
    for (size_t i = 0; i < STOPS; i++)
        if (is_heard(stops[i]))
            signal(stops[i], handler);
}

void signals_fill(sigset_t *set)
{
    sigemptyset(set);
    for (size_t i = 0; i < STOPS; i++)
        if (is_heard(stops[i]))
            sigaddset(set, stops[i]);
}

bool signal_is_pending(void)
{
    sigset_t pending;
    bool found = false;
    if (sigpending(&pending) != 0)
        return false;
    for (size_t i = 0; i < STOPS; i++)
        found = found || (is_heard(stops[i]) && sigismember(&pending, stops[i]) == 1);
    return found;
}
