// VAE
