// Settings: what a configuration's keys mean and may hold.
//
// `DescribedKey` stands beside the type that has the keys, so that reading, checking and the reference in docs/configuration.md have one source.
