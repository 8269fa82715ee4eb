// Tributary: the library for Swift programs, which train in their own process and let trained models encode and decode.
//
// What it is: `Dataset`, `Configuration`, `Run`, `Model` and `Images`, a page's worth of names over what the other targets do. The
// command line opens image files by the same `Dataset`. What it is not: a second way of doing anything.
//
// The types of a run's records (`RunEvent`, `RunOutcome`, `Split`, `Checkpoint`) are those of `Cluster` and `Training`, which come along.
@_exported import Cluster
@_exported import Training
