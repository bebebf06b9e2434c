"""An hour in the life of the shop, simulated: everything goes through the deployed functions, an index is throttled, and all of it is checked.

`run` plays it in a `World`; its `Report` tells what came of it and which of its checks failed.
"""
