"""One file a claim: what is measured of a run, as a finding; the file of the same name in `tell` makes the sentence."""
