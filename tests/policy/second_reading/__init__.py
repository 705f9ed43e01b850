"""A second reading of the deadline rules, made from the law alone by someone who had not seen the first.

Nothing here imports the product. It walks one day at a time and knows no tables, so that it is slow, plain and hard to
get wrong in the same way as the first reading.
"""
