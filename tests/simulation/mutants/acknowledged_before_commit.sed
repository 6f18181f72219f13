# A document system is told that its acknowledgement counts before that is stored.
s/^    auto unblocked = std::make_shared<bool>(false);$/&\n    if (auto listening = events()) listening->acknowledged(id);/
/^          if (auto events = self->events()) events->acknowledged(id);$/d
