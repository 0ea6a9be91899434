"""Who is to blame, and who gets the credit: the loss avoided, split fairly among its causes."""
