// Cluster: the processes of a run. It carries out what `Coordination` decides, with sockets, clocks, threads and files.
//
// What it is: `CoordinatorProcess`, `WorkerProcess`, `LocalCluster` and `InProcessCluster`, each with one method, `run()`, that returns when
// its part is over. What it is not: a place for decisions (those are pure, in `Coordination`) or mathematics (`Training`).
//
// Threads. Each process has one thread that owns both sockets and does nothing that takes long, so that heartbeats leave
// on time however long a convolution takes; it also owns the state machine. A worker adds one thread for each microbatch
// that it computes side by side; a coordinator adds one that writes checkpoints and pictures. Whoever has news puts it in
// the inbox of the first thread and rings its bell.
