# Written from _async by unasync.py ("make sdk"): change it there.
