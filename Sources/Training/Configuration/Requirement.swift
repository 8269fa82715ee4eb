import Contract

/// Throws a problem at a path of the configuration unless a condition holds.
func require(_ condition: Bool, _ path: String, _ reason: @autoclosure () -> String) throws(ConfigurationProblem) {
    if !condition { throw ConfigurationProblem(path: path, reason: reason()) }
}
