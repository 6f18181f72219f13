# A peer that was restored is told that all was handed back, and nothing was.
s/^          if (item\.recipients\.empty()) continue;$/          continue;/
