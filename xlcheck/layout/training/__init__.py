"""The worksheets of lessons on training: everything that a learner may change, and every epoch."""
