/* The processes of real brokers: which are to run, with which files, and what is heard of them. A
 * runner (run-broker) starts and stops them; the server only writes files and hears reports. */
#ifndef BROKERS_PROCESSES_H
#define BROKERS_PROCESSES_H

#include "brokers/directory.h"
#include "store/store.h"

struct processes {
    struct directory directory;
    struct slots slots;
    uint16_t port;         /* where the runners report to */
    unsigned char key[32]; /* of derived secrets, the same after a restart of the server */
    bool world_changed;    /* rows were replaced, or the server has started */
    const char *address;   /* that the brokers listen on */
    struct slice ca;       /* of the certificate, in PEM */
    int64_t retry_ms;      /* monotonic; after a failure; 0: none */
    struct arena arena;
};

/* Opens the directory; `slots` as for slots_read. Results as of directory_open. */
enum result processes_new(const char *path, const char *slots, struct processes **processes,
                          struct directory_error *error) MUST_CHECK;

/* Adopts the processes of an earlier server. identity->ca and `address`, on which the brokers
 * listen, are borrowed. Host, time limit and reload of the slots are set by the caller. Results as
 * of directory_prepare. */
enum result processes_begin(struct processes *processes, const struct identity *identity,
                            const char *address, uint16_t port,
                            struct directory_error *error) MUST_CHECK;

/* Accepts NULL. The brokers go on. */
void processes_free(struct processes *processes);

/* Seeds, a reset or a snapshot have replaced rows. NULL is allowed. */
void processes_note_world(struct processes *processes);

/* When processes_settle is to be called: 0 for at once, or a monotonic time. */
int64_t processes_due_ms(const struct processes *processes);

/* Compares what runs with the brokers of the store, and orders what is to be changed. Makes the
 * last step of a creation, reboot or deletion due whose process is ready. Its writes are within the
 * tick, which the caller commits. What fails is tried again after a second. */
void processes_settle(struct processes *processes, struct store *store, int64_t now_ms);

/* What processes_settle has written was not committed. */
void processes_retry(struct processes *processes, int64_t now_ms);

#endif
