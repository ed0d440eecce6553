"""What a patient sees, in a real browser."""
