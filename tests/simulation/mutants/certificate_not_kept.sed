# A certificate that a full disk did not take when it was learnt is not kept with what needs it.
/^  put_unsaved(context, transaction, filing\.message\.certificate);$/d
