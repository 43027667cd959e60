"""How often Python looks for cyclic garbage: seldom, since what a large batch holds is alive, however often one looks.

Reference counts free nearly everything at once; the collector only finds rings. By default it looks after every 700 new
objects, which took a third of the time of ten thousand invoices. What is there after loading is never looked at again.
"""

import gc

#: New objects until the youngest are looked at; so many of these looks until the older ones are, and the oldest.
NEW_OBJECTS, YOUNG, OLD = 50_000, 20, 20


def collect_seldom() -> None:
    """For a process that serves or works, once it has loaded everything."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG, OLD)
