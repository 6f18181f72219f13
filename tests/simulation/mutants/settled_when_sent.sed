# A message leaves the queue when it is sent, not when the peer has it.
s/in_flight_\[number\] = {std::move(items)};/in_flight_[number] = {items};/
s/^  stream->send(number, std::move(loaded));$/&\n  settle(epoch, std::move(items), {});/
