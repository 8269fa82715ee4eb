// Messaging: ZeroMQ in Swift.
//
// What it is: contexts, sockets with one owner, messages that are moved and never copied by accident, a poller, and
// errors that say what to do. What it is not: a protocol. Which messages travel is decided in `Coordination`, and who
// carries them in `Cluster`.
//
// Start at `Socket`. Three facts shape the rest (libzmq 4.3.4):
// - A socket belongs to one thread, so `Socket` is neither copyable nor `Sendable`.
// - Delivery is at most once; nothing here pretends otherwise.
// - ZMTP heartbeats abort the connecting process (libzmq issue 3937) and cut long transfers, so they are never set.
