#pragma once
#include <zmq.h>

// Whether a listener whose doorkeeper does not answer lets nobody in. libzmq 4.3 takes the option, and its header shows it
// only to those who build it with drafts.
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

// What wakes a waiting poll from another thread; Swift's Glibc does not show it.
#include <sys/eventfd.h>
#include <unistd.h>
