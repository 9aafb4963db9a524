/* The directory of --brokers: how the server and the runners of the brokers talk to each other.
 *
 *   lock                    held by the server
 *   ca.pem, server.pem, server-key.pem, broker.jks, ca.jks
 *   run-broker              the script that runs a broker as the files of its slot say
 *   0/, 1/, ...             one directory for each slot:
 *     activemq.xml, ...     the files of the broker (brokers/files.h)
 *     order                 written last: GENERATION run|stop ENGINE BROKER-ID SECRET PORT
 *     status                GENERATION RESTARTS VERSION of a broker that is up
 *     log                   written by the runner: the last lines of the broker
 *
 * Files appear as a whole, by rename. The directory has mode 0700 and its files 0600. */
#ifndef BROKERS_DIRECTORY_H
#define BROKERS_DIRECTORY_H

#include "api/slots.h"
#include "brokers/files.h"
#include "process/certificate.h"

enum { DIRECTORY_LOG_MAX = 4096 };

struct directory {
    char path[4096]; /* absolute */
    int fd, lock;
    int slots[SLOTS_MAX];
    size_t slot_count;
};

struct directory_error {
    char text[512];
};

/* Creates the directory if it does not exist, locks it, and writes the script. RESULT_SYSTEM or
 * RESULT_INVALID with *error set: it cannot be written, is used by another server, or holds
 * something else. */
enum result directory_open(struct directory *directory, const char *path,
                           struct directory_error *error) MUST_CHECK;

/* Writes the certificates, if they are not there, and the directories of the slots, and orders
 * brokers of further slots, of an earlier start, to stop; `port`: where they report to. Results as
 * above. */
enum result directory_prepare(struct directory *directory, size_t slot_count,
                              const struct identity *identity, uint16_t port,
                              struct directory_error *error) MUST_CHECK;

/* Closes what is open; the struct may be zero but for fd and lock = -1. */
void directory_close(struct directory *directory);

/* Reads what an earlier server ordered and heard: state, broker_id, generation, secret,
 * has_been_up, restarts and real_version, and the engine if it is absent. Without an order, or with
 * one that is damaged, the slot is free. */
void directory_adopt(const struct directory *directory, int number, struct slot *slot);

/* Whether the files of the slot differ from these: the ones that only a new start of the broker
 * reads, and the ones that it reads again. */
void directory_compare(const struct directory *directory, int number,
                       const struct broker_files *files, bool *restart, bool *live);

/* Writes those that differ. RESULT_SYSTEM. */
enum result directory_write_files(const struct directory *directory, int number,
                                  const struct broker_files *files) MUST_CHECK;

/* Orders slot->broker_id to run, or to stop, as slot->generation. `port`: where to report to.
 * RESULT_SYSTEM. */
enum result directory_order(const struct directory *directory, int number, const struct slot *slot,
                            bool run, uint16_t port) MUST_CHECK;

/* Keeps that slot->generation is up. RESULT_SYSTEM. */
enum result directory_note_up(const struct directory *directory, int number,
                              const struct slot *slot) MUST_CHECK;

/* Removes order and status of a broker that is gone. */
void directory_clear(const struct directory *directory, int number);

/* The last bytes of the broker's log, whole lines. Absent: there is none. */
struct slice directory_read_log(const struct directory *directory, int number, struct arena *arena);

#endif
