"""An audit that proves itself: sealed events, their order under signed checkpoints, and who compares them.

seal        what makes a change of a kept event show: a chain a case, over digests, with a key from elsewhere
merkle      one figure for the whole order of all events
keys        the secrets, and where they come from
checkpoint  that figure, signed
relay       orders new events, signs, and tells the log what it is owed
verify      reads everything again and names what does not fit
reconcile   holds the log against the rows, both ways
evidence    what these ask of a database
"""
