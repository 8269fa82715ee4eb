// ConfigurationFiles: YAML in and out, what is wrong in it, and the reference of all keys.
//
// `ConfigurationSource` is a file or a preset, `YAML` the text of a configuration, and `ConfigurationReference` the page that `docs/configuration.md` is.
// What keys mean lies beside the types that have them, in `VAE` and `Training`; this is how people write them.
