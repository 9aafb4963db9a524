/* What brokers can be made of: the two catalogue operations, and the checks of those that choose
 * from it. */
#ifndef MQ_CATALOGUE_H
#define MQ_CATALOGUE_H

#include "api/call.h"
#include "store/catalogue.h"

enum { CATALOGUE_ZONES = 3 }; /* of a region without rows: a, b and c */

/* What a broker is asked to be made of; an absent storage type is the engine's default. */
struct option_wanted {
    struct slice host_instance_type;
    enum deployment_mode deployment_mode;
    enum storage_type storage_type;
};

/* The options of one instance type of an engine in the caller's region, one for a storage type. */
struct instance_options {
    enum engine engine;
    struct instance_option *items; /* in call->scratch */
    size_t count;
};

/* The options of the type that is wanted. False: answered 500. */
bool catalogue_read_options(struct call *call, enum engine engine,
                            const struct option_wanted *wanted, struct instance_options *options);

/* The newest version of the engine that offers all of `wanted`; where none does, the newest of all.
 * Absent where the catalogue has none. RESULT_STORE, RESULT_NO_MEMORY. */
enum result catalogue_default_version(struct call *call, const struct instance_options *options,
                                      const struct option_wanted *wanted,
                                      struct slice *version) MUST_CHECK;

/* Whether the version has what is wanted; *option is it. Answers ERROR_INSTANCE_TYPE (the engine or
 * that version of it does not have the type), then ERROR_STORAGE_TYPE, then ERROR_DEPLOYMENT_MODE,
 * and returns false. */
bool catalogue_check_instance(struct call *call, const struct instance_options *options,
                              const struct option_wanted *wanted, struct slice version,
                              struct instance_option *option);

/* Takes the next string off the text of a JSON array without escapes. False: there is none. */
bool catalogue_take_string(struct slice *json, struct slice *string);

/* A member whose value is a list of strings, from the JSON text of a column that a seed may have
 * written: the strings are taken from between the quotation marks, the rest is written anew. */
void catalogue_put_list(struct json_writer *writer, const char *name, struct slice json);

bool describe_broker_engine_types_check(struct call *call);
bool describe_broker_instance_options_check(struct call *call);

void describe_broker_engine_types(struct call *call);
void describe_broker_instance_options(struct call *call);

#endif
