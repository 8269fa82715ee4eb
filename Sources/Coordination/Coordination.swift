// Coordination: what coordinator and workers decide, and their messages.
//
// Two state machines, `CoordinatorState` and `WorkerState`, take one event at a time, `handle(_:at:)`, and answer with
// the actions to carry out. Time is a parameter, and nothing here reads a clock, a socket or a file, so a simulator runs
// the same decisions as the processes in `Cluster`. Gradients and pixels never enter: the machines name them (this lease,
// these bytes), and whoever carries the actions out moves them.
//
// Start at `CoordinatorState.handle(_:at:)`. The messages are in `Wire`, nodes, leases and credits in `Work`.
