# What a node with a wrong clock sealed ahead of time is refused for good.
/return not_yet("SIGNED_AHEAD", times);$/d
/^    if (too_new && /d
