# An urgent message overtakes the one it names.
/^    item\.after = named;$/d
