/* `amazonmq-local ctl …`: calls the control API of a running server for people who do not want
 * curl. */
#ifndef CTL_CTL_H
#define CTL_CTL_H

/* argv[0] is the word `ctl`. The exit status: 0, 1 where the server or a file refused, 2 for a
 * wrong command line, 3 without an answer; each but 0 with one line on stderr. */
int ctl_run(int argc, char *const argv[]);

#endif
