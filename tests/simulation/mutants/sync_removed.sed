# A commit is answered, but never synced: a power cut takes it back.
/^  sync(\*disk_);$/d
