/* `amazonmq-local ctl …`: a command-line client for the control API of a running server. */
#ifndef CTL_CTL_H
#define CTL_CTL_H

/* argv[0] is `ctl`. Returns the exit status: 0; 1 if the server rejected the request or a file
 * could not be used; 2 for a wrong command line; 3 without an answer. If not 0, prints one line on
 * stderr. Before, it warns there of each unknown variable; a success may have a note there. */
int ctl_run(int argc, char *const argv[]);

/* The command of ctl that has that name, or the nearest one; NULL: none is near. */
const char *ctl_nearest_command(const char *word);

#endif
