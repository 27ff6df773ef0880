"""What people put beside a network: prepared inputs, decisions, errors, losses, results typed from elsewhere."""
