"""The way in: HTTP requests become enquiries, and answers say what happens next."""
