"""What training adds to a network: losses and optimisers."""
