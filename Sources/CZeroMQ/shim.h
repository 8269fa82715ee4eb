#pragma once
#include <zmq.h>

// What wakes a waiting poll from another thread; Swift's Glibc does not show it.
#include <sys/eventfd.h>
#include <unistd.h>
