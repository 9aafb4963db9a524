#include "process/signals.h"

#include <stddef.h>

static bool ignores_hangup;

void signals_begin(void)
{
    struct sigaction action = {.sa_flags = 0};
    ignores_hangup = sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

bool signals_include(int number)
{
    return number == SIGTERM || number == SIGINT || (number == SIGHUP && !ignores_hangup);
}

void signals_fill(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    if (!ignores_hangup)
        sigaddset(set, SIGHUP);
}

bool signal_is_pending(void)
{
    sigset_t pending;
    sigemptyset(&pending);
    if (sigpending(&pending) != 0)
        return false;
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1 ||
           (!ignores_hangup && sigismember(&pending, SIGHUP) == 1);
}
