# A restored node accepts submissions before its peers have handed back.
/reconciliation_\.waiting()) return done(/d
