"""What a function may do, and on which items."""
