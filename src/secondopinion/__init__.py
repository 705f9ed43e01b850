"""Second Opinion: a Member gets another doctor's opinion in time, at no cost, with every right told."""
