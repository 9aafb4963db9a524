/* Slots: the places for the processes of real brokers (--brokers). Which broker has which, and what
 * its process is doing. Everything is in memory; what must survive the server is in the directory
 * of --brokers (brokers/directory.h). */
#ifndef API_SLOTS_H
#define API_SLOTS_H

#include <stdint.h>

#include "base/crypto.h"
#include "base/result.h"
#include "store/terms.h"

enum {
    SLOTS_MAX = 32,   /* so that no two ports are the same */
    SLOT_ID = 101,    /* a broker id and a NUL */
    SLOT_SECRET = 33, /* hexadecimal, and a NUL */
    SLOT_VERSION = 24,
};

/* Ports of slot 0, as the service has them; slot n has them + 100 * n. */
enum {
    PORT_OPENWIRE = 61617,
    PORT_AMQP = 5671, /* of both engines */
    PORT_STOMP = 61614,
    PORT_MQTT = 8883,
    PORT_WSS = 61619,
    PORT_ACTIVEMQ_CONSOLE = 8162,
    PORT_RABBITMQ_CONSOLE = 15671,
    PORTS_OF_SLOT = 100,  /* between the ports of two slots */
    PORTS_OF_STANDBY = 50 /* between those of the two instances of a broker */
};

enum slot_state {
    SLOT_FREE,
    SLOT_ASSIGNED, /* to a broker, whose process is not yet ordered */
    SLOT_STARTING, /* ordered, and not yet up: begun for the first time, or after it has ended */
    SLOT_UP,
    SLOT_STOPPING, /* ordered to stop and to remove its data */
    SLOT_GONE,     /* has stopped; the slot can be given away */
};

struct slot {
    enum engine engine;
    char version[SLOT_VERSION]; /* of --broker-slots; "": not named */

    enum slot_state state;
    char broker_id[SLOT_ID]; /* "" when free */
    char next_id[SLOT_ID];   /* the broker that gets the slot when it is gone; "": none */
    int64_t next_since_ms;   /* monotonic; since it waits */
    bool next_is_shown_running, next_is_overdue;
    bool is_lost;          /* its broker has vanished, or has another engine now */
    bool has_been_up;      /* since the broker got the slot */
    bool restarted;        /* for the reboot that is in progress */
    bool overdue;          /* the time limit has passed, and the log says so */
    bool version_heard;    /* it is another one than the files were made for */
    bool version_compared; /* with that of the broker, and the log has a difference */
    bool is_shown_running; /* the service shows the broker as one that can be connected to */
    int64_t generation;    /* of the last order */
    char secret[SLOT_SECRET];
    int64_t since_ms;                /* monotonic; of the order, or of the assignment */
    int64_t restarts;                /* after a process has ended by itself */
    char real_version[SLOT_VERSION]; /* that the process reported; "": unknown */
    uint8_t left_out[CRYPTO_SHA256]; /* a hash of what the log has last said to be left out */
};

struct slots {
    struct slot items[SLOTS_MAX];
    size_t count;
    const char *host;   /* of the endpoints */
    int64_t timeout_ms; /* --broker-timeout */
    bool reload;        /* --broker-reboot reload */
    bool changed;       /* something is to be done: processes_settle */
};

/* Reads a list such as `activemq,rabbitmq=3.13` into slots->items. RESULT_INVALID. */
enum result slots_read(struct slots *slots, const char *list) MUST_CHECK;

/* Digits with single dots between them. */
bool slots_is_version(struct slice text);

/* Whether two versions are of one line, as 5.18 and 5.18.3. */
bool slots_same_line(struct slice version, struct slice other);

/* In all that follow, `slots` may be NULL: no broker has a slot. */

/* The slot of a broker, also one that it waits for; not one that it has lost. NULL: none. */
struct slot *slots_find(struct slots *slots, struct slice broker_id);

/* Another number when a process has changed its state; 0: no slots. */
int64_t slots_revision(const struct slots *slots);

/* From 0. */
int slots_number(const struct slots *slots, const struct slot *slot);

/* Gives a broker, which has none, a slot of its engine: a free one or else one that will be, and of
 * these one of the same version. NULL: there is none. */
struct slot *slots_assign(struct slots *slots, struct slice broker_id, enum engine engine,
                          struct slice version, int64_t monotonic_ms);

/* The broker of slot->broker_id begins to use it. */
void slot_begin(struct slot *slot, int64_t monotonic_ms);

/* Whether the broker has the slot, and does not wait for it. */
bool slot_is_current(const struct slot *slot, struct slice broker_id);

/* Whether the last step of a creation, reboot or deletion has to wait for the broker's process. */
bool slots_hold(struct slots *slots, struct slice broker_id, enum broker_state state);

/* A reboot of a broker begins, for which its process has not begun anew. */
void slots_restart(struct slots *slots, struct slice broker_id);

/* A broker's state has changed: if it has a slot, there may be something to do. */
void slots_note(struct slots *slots, struct slice broker_id);

/* The first broker that the service shows as running although it has not been up, or waits for its
 * slot: *slot, with the id of the broker; absent: there is none. */
struct slice slots_missing(const struct slots *slots, const struct slot **slot);

#endif
