// Fitting: classifiers, mixtures and directions, fitted to codes.
//
// Start at `Classifier`, `GaussianMixture`, `PrincipalComponents` and `AttributeVectors`. Numbers in, numbers out: nothing here knows images or models.
