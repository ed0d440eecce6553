"""The peer-plus: the same with every cheap cure: one task, templates and connection kept, a quieter worker."""
