# A peer is told that its message was taken over though the full disk did not take it.
/^  void stored(/,/^  }/s/^    if (!committed) return done(.*);$//
