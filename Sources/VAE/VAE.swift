// VAE: networks, distributions and objectives, as formulas.
//
// `ModelDescription` is the YAML's model; `VariationalAutoencoder` makes graphs of it. A likelihood, a latent distribution, an objective and a layer are
// one file each, in folders of those names; `Preset` names whole configurations. Everything an objective asks for it gets from `Scope`.
