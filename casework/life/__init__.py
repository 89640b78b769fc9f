"""What an event in a life brings about on the records of the others: one module for each part."""
