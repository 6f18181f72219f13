# New work is accepted though there is no room for any.
/context_\.disk\.admit(); !room) return/d
