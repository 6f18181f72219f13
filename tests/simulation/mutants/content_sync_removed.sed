# A commit refers to attachments that were never synced.
/contents_\.flush(); !flushed) return flushed\.error();$/d
