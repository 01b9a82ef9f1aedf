"""What every VAE shares: the objective, the training loop and the reconstruction probability."""
