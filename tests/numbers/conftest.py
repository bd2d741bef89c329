"""What is no test: `one_new_row` changes the tables of the process that it runs in, which is one of its own."""

collect_ignore = ["one_new_row.py"]
