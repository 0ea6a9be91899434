"""Pages and commands about loan tapes."""
