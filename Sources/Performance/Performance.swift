// Performance: what work costs, and how fast it is done.
//
// `Profile` times a graph's parts beside what the machine can do at most (`MachinePeak`).
