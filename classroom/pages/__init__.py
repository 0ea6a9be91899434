"""The pages of the classroom: what they show comes from the plain modules of classroom."""
