// Monitoring: a run's numbers for Prometheus, and for what reads its format.
//
// `ClusterMetrics` says which metrics there are and makes them of a `ClusterStatus`, `Exposition` writes the format, and `MetricsServer` answers
// those who scrape. It reads what the coordinator shows of itself, and changes nothing.
