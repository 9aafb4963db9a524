/* A function that takes the place of the C library's. The shared libraries of the server are
 * preloaded with it; in a static server, where nothing can be preloaded, the linker wraps the calls
 * (--wrap). */
#ifndef TESTS_FAULTS_FAULTS_H
#define TESTS_FAULTS_FAULTS_H

#ifdef STATIC_LINK
#define FAULTY(name) __wrap_##name
#define REAL(name) __real_##name
#else
#include <dlfcn.h>
#define FAULTY(name) name
#define REAL(name) real_##name
#endif

#endif
