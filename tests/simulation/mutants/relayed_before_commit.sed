# A peer is told that its message was taken over before it is stored.
/^  void store(/,/^  }/s/^    auto stored = .*/    done({HopResult::accepted, {}});\n&/
/^  void stored(/,/^  }/s/return done(.*);/return;/
/^  void stored(/,/^  }/s/^    done(stored\.outcome);$//
/^  void stored(/,/^  }/s/return log_refusal(hop, done);/return log_refusal(hop, [](const HopOutcome\&) {});  \/\/ answered before/
