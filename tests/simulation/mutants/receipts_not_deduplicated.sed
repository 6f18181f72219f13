# A receipt that comes again is kept again.
/^    if (kept\.origin == receipt\.origin && .*) return false;$/d
