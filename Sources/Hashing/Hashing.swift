// Hashing: SHA-256, and the checksum of TensorBoard's records.
