# A peer that was restored is told that all was handed back, and nothing was.
s/^    if (copy\.recipients\.empty()) continue;$/    continue;/
