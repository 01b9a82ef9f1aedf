"""The LSTM-VAE: network, learning, scoring of windows."""
