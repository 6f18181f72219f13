# What a peer sends again is taken for new.
s/const auto known = .*find(filing_\?\(->\|\.\)message\.key);/const std::optional<KnownMessage> known;/
s/if (tables_\.keys\.contains(message\.key))$/if (false)/
