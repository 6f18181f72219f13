# A message leaves the queue when it is sent, not when the peer has it.
s/in_flight_\[number\] = std::move(batch);/in_flight_[number] = batch;/
s/^  stream->send(number, std::move(loaded));$/&\n  settle(epoch, std::move(batch.items), {});/
