# After a power cut in the middle of a write, what is left of it is taken for whole.
/std::exchange(disk_->torn, false)/d
