"""The benchmark: this service beside what people build today, that with every cheap cure, and the limit."""
