"""The books: what all facts stand on, laid out once a run: orders, people, trees, days and histories."""
