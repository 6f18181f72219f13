# A batch is stored in the order in which its checks happen to end.
s/if (--batch->unchecked == 0) write_in_order();/write(batch, i);/
