/// What `python3 scripts/reference/elbo.py` printed with PyTorch 2.13.0.
enum References {
    static let divergence = 5.077828405401109
    static let bernoulli = [0.825940049435338, 3.883336879121141]
    static let gaussian = [14.30237405793418, 19.802374057934184]
    static let squaredError = [6.8125, 9.5625]
}
