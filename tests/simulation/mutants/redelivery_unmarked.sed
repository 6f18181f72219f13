# A hand-over that may be the second one does not say so.
s/^  item\.redelivered = .*;$/  item.redelivered = false;/
