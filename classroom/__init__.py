"""The classroom: watch a process fail, open the case, decide again."""
