"""What whoever runs the service works with: the command line, the supervisor, the embedded store, the mail catcher."""
