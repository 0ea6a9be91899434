"""The classroom: watch a process fail, open the case, decide again.

What is shown is plain Python here, without any user interface; ``classroom.pages`` shows it.
"""
