# After a restart every receipt is sent again.
/transaction\.set_receipt_cursor(/d
