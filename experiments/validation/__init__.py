"""Does the model show what is known of small-business credit, and its own closed forms?"""
